"""What the matcher knows of English before it has read any FAQ: plain words, not a model.

Compiled for this project from general knowledge of how customers write. A line of `SYNONYMS` is a
group of words that can stand for each other in a question; a word may be in several groups.
`IRREGULAR` are forms that no ending gives away, after the word that they are forms of.
"""

COMMON = """
a an the this that these those it its he she him her his they them their we us our you your yours
i me my mine myself am is are was were be been being do does did done doing have has had having
will would shall should can could may might must to of in on at by for from with about into onto
over under up down out off as than then so too very just only also even still already yet again
and or but if because while though there here some any each every all both such same other another
more most much many few lot lots bit really actually maybe perhaps ok okay well now please pls plz
kindly hi hello hey dear good morning afternoon evening day thanks thank sir madam guys team sorry
know tell let get got getting give want wants wanted need needs like help able try trying tried go
going come make made take put say said see look looking think guess wonder wondering question ask
asking something anything thing things someone anyone one ones way sure possible explain show find
use using work happen happened us regarding concerning since ever
"""

USUAL = """
8 not no what when which who time 1 2 3
5 how where why new people year first two back right after 4 5 6 7 8 9
2 before never always last next second three old own big little great best better bad hard long high
2 different real free full small man woman person friend family life love world home house school
2 place part point end name number word idea problem case group company system state service game
2 hand head night week month hour minute today later near around between through without against
2 during call play feel leave start mean keep change live follow run talk open become set meet read
2 write move hold turn stop wait hear believe happen include win
"""

SHORTENED = """
whats=what is|wheres=where is|whos=who is|hows=how is|whens=when is|thats=that is|its=it is
theres=there is|im=i am|ive=i have|id=i would|youre=you are|youve=you have|theyre=they are
weve=we have|dont=do not|doesnt=does not|didnt=did not|isnt=is not|arent=are not|wasnt=was not
werent=were not|cant=can not|cannot=can not|couldnt=could not|wont=will not|wouldnt=would not
shouldnt=should not|havent=have not|hasnt=has not|hadnt=had not|aint=is not|gonna=going to
wanna=want to|gotta=got to|lemme=let me|gimme=give me|u=you|ur=your|r=are|pls=please|plz=please
thx=thanks|acc=account|acct=account|amt=amount|txn=transaction|tx=transaction|num=number
no=not|info=information|app=application|asap=soon|wifi=internet|cc=credit card|dob=date of birth
hrs=hours|mins=minutes|tmrw=tomorrow|msg=message|pic=picture|pics=pictures|qty=quantity
"""

IRREGULAR = """
go=went gone|get=got gotten|make=made|take=took taken|give=gave given|send=sent|pay=paid|buy=bought
sell=sold|lose=lost|find=found|break=broke broken|steal=stole stolen|freeze=froze frozen
choose=chose chosen|write=wrote written|speak=spoke spoken|know=knew known|see=saw seen|say=said
tell=told|think=thought|leave=left|keep=kept|hold=held|feel=felt|spend=spent|bring=brought
catch=caught|teach=taught|understand=understood|win=won|wear=wore worn|eat=ate eaten
drive=drove driven|fly=flew flown|ride=rode ridden|begin=began begun|run=ran|come=came|become=became
forget=forgot forgotten|draw=drew drawn|withdraw=withdrew withdrawn withdrawal|meet=met|mean=meant
build=built|lend=lent|stand=stood|hear=heard|sleep=slept|wake=woke woken|fall=fell fallen
grow=grew grown|throw=threw thrown|sit=sat|sing=sang sung|drink=drank drunk|rise=rose risen
tear=tore torn|shake=shook shaken|hide=hid hidden|child=children|man=men|woman=women|foot=feet
tooth=teeth|life=lives|wife=wives
"""

SYNONYMS = """
buy purchase order acquire
bought purchased ordered
purchase order item product goods article
sell seller vendor merchant dealer reseller
shop store outlet market supermarket
price cost charge fee rate pricing expensive
fee charge commission surcharge
charged billed debited deducted
charge bill invoice
cheap discount deal sale offer promo coupon voucher
free complimentary gratis
pay payment paid paying
money cash funds dollars
money amount sum
bank branch
atm cashpoint
withdraw withdrawal cash
deposit topup add load credit fund
transfer send wire remit
transaction payment transfer purchase
balance amount remaining
refund reimburse reimbursement money back return
return exchange replace replacement
cancel stop terminate end abort revoke discontinue
undo reverse revert
reject decline refuse deny disallow fail
rejected declined refused denied failed unsuccessful
fail failed failure error problem issue trouble
broken damaged defective faulty cracked malfunctioning
work function operate
working functioning operational
wrong incorrect mistaken inaccurate error mistake
fix repair resolve solve troubleshoot correct
change update edit modify alter switch amend adjust
create make set setup establish
add include insert attach append
delete remove erase clear drop
cancel delete remove
close shut deactivate
block freeze lock suspend disable
unblock unfreeze unlock
activate enable start on turn
disable deactivate off turn
start begin commence launch open
stop end finish quit
lost missing misplaced
lose misplace
stolen theft robbed steal took
find locate search look
find discover get
where location place located
address location place
phone mobile cell cellphone telephone smartphone
call phone ring dial contact
number digits code
text sms message
email mail
message mail letter
notify alert inform notification
remind reminder alert
password passcode pin
pin code
login signin access
register signup enroll join registration
account profile
user username login
name called
verify confirm validate authenticate check prove
verification confirmation validation authentication identity
identity id identification passport
document paper proof
card debit credit visa mastercard
virtual online digital
contactless tap nfc
limit maximum max cap restriction restrict
limit allowed
minimum least min lowest
maximum most highest top
long time duration
time hour clock
when date time day
how long when
soon quick quickly fast urgent immediately rush
delay late slow pending waiting
pending waiting processing
wait delay
arrive come receive reach get delivered show
arrived came received showed
delivery shipping shipment ship deliver dispatch courier
package parcel box shipment order
track tracking trace status where
status progress state update
available availability stock offered
support accept allow take
supported accepted allowed permitted
country region abroad overseas foreign international
abroad travel vacation trip
currency exchange rate
exchange convert conversion
euro eur pound gbp dollar usd
age old young years
child kid son daughter children
parent mother father mom dad
friend buddy
job work career position vacancy hiring
boss employer company work
salary pay wage income earnings paycheck
tax taxes irs
bill invoice statement
loan credit mortgage borrow
insurance coverage insured policy
benefit advantage plus
reward point bonus cashback
doctor health medical
sick ill
weight fat slim lose
muscle body gym fitness
food meal dish eat
eat food dinner lunch breakfast
cook make prepare
recipe ingredients make
restaurant cafe diner place
reservation booking reserve book table
hotel room motel stay
flight plane airline fly
luggage baggage bag suitcase carry
car vehicle auto automobile
gas fuel petrol gasoline
tire tyre wheel
drive ride
taxi uber cab lyft ride
directions route way navigate
distance far long miles
traffic road congestion
weather forecast rain temperature
music song track tune playlist
play hear listen
movie film video
picture photo image
book novel read
language speak translate
mean meaning definition define
word term
spell spelling
joke funny laugh humor
hello hi hey greetings
bye goodbye later
thanks thank appreciate grateful
yes yeah yep sure correct right affirmative
no nope nah negative wrong
maybe perhaps unsure
calendar schedule agenda event appointment
meeting appointment conference
appointment visit
reminder remember remind
list todo tasks
task chore todo
alarm wake timer
timer countdown
holiday vacation pto break
vacation pto holiday leave
request ask apply application
apply application applying
status state
approve accept authorize approved
house home apartment residence place
live reside stay
home house
light lamp lights
volume sound loud louder quieter
speak talk say
talk speak chat
human person agent representative operator people
help assist assistance support aid
contact reach call
complaint complain dissatisfied unhappy
good best great better recommended
bad terrible awful poor worse
recommend suggest suggestion advice
kind type sort variety
information details info data
question query
reason why cause because
safe secure security protected
fraud fraudulent scam unauthorized suspicious
recognize recognise know remember
unknown unrecognized unfamiliar strange
old previous former expired
new another replacement fresh
expire expiration expiry expires
renew extend renewal
valid validity expiration
duplicate twice double two
again twice repeat
repeat again
extra additional more
total sum all overall
percent percentage
difference differ versus compare
compatible support works
download install get
website site page portal online web
application program software
internet online connection
screen display
computer laptop pc
device gadget
open opened hours
open operating
closed shut
hours schedule timings time
today now current
current now present
tomorrow next
week weekly
month monthly
year annual yearly
daily day
birthday birth born
date day
size measure
color colour
quality condition
sample trial test
original genuine authentic real
franchise dealership partner
offline store physical
customer client user
employee staff worker
owner creator made
robot bot ai computer machine
name title
small little short
big large huge
high increase raise rise
increase gain grow improve raise
decrease reduce lower
lower reduce decrease
empty blank
full complete whole
"""
