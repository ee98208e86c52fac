// grammY, a client of the Bot API that shares no code with the two that Frontdesk uses, plays a bot against the fake.
// Arguments: the server's address, a token, a forum's id. Prints a line of JSON at the end.
import { Bot, InlineKeyboard, InputFile, GrammyError, Keyboard } from "grammy";

const [apiRoot, token, forum] = process.argv.slice(2);
const bot = new Bot(token, { client: { apiRoot } });
const seen = [];

bot.command("start", (ctx) =>
  ctx.reply("Чем помочь?", { reply_markup: new InlineKeyboard().text("Да", "yes").text("Нет", "no") }),
);
bot.callbackQuery("yes", async (ctx) => {
  await ctx.answerCallbackQuery({ text: "Хорошо" });
  await ctx.editMessageText("Вы сказали да", { entities: [{ type: "bold", offset: 0, length: 2 }] });
  await ctx.reply("Ваш номер?", { reply_markup: new Keyboard().requestContact("Мой номер").oneTime() });
});
bot.on("message:contact", (ctx) => ctx.reply(ctx.message.contact.phone_number, { reply_markup: { remove_keyboard: true } }));
bot.on("message:photo", async (ctx) => {
  const file = await ctx.getFile();
  const bytes = await (await fetch(`${apiRoot}/file/bot${token}/${file.file_path}`)).arrayBuffer();
  const topic = await ctx.api.createForumTopic(forum, "Фото · №1", { icon_color: 7322096 });
  const thread = { message_thread_id: topic.message_thread_id };
  await ctx.api.sendPhoto(forum, new InputFile(new Uint8Array(bytes), "photo.jpg"), { caption: "Прислали", ...thread });
  await ctx.api.editForumTopic(forum, topic.message_thread_id, { name: "Фото · №1 принято" });
  await ctx.react("👍");
});
bot.on("edited_message", (ctx) => ctx.reply("Исправлено", { reply_parameters: { message_id: ctx.msg.message_id } }));
bot.on("message_reaction", async (ctx) => {
  seen.push(ctx.messageReaction.new_reaction.map((one) => one.emoji).join());
  try {
    await ctx.api.sendMessage(forum, "никуда", { message_thread_id: 999 });
  } catch (problem) {
    seen.push(problem instanceof GrammyError ? problem.description : String(problem));
  }
  await ctx.reply("Пока");
});
bot.hears("стоп", async () => {
  await bot.stop();
  console.log(JSON.stringify(seen));
});
bot.catch((problem) => {
  console.error(problem);
  process.exit(1);
});
bot.start({ allowed_updates: ["message", "edited_message", "callback_query", "message_reaction"] });
