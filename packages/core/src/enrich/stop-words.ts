/**
 * The commonest words of seven languages: they tell which language a text is
 * in, and nothing of what it is about.
 */

/** Each language by its ISO 639-1 code, with its words. */
const WORDS: Readonly<Record<string, string>> = {
  en: "the and for that this with from have has had are was were been will would can could should may might must not but you your yours our ours their them they its it's his her him she he who what when where which why how all any each some more most other such only own same than then there these those into over under again further once here out off about above below between both few nor too very just don now also one two get got let like make made use used using want need see say said yes no please okay well way thing things something anything nothing every much many new old first last next still even ever never always because since while after before during through against without within upon being does did doing done a an i me my we us is am be to of in on at by as or if so it do up go i'm i'll i've don't doesn't didn't can't won't isn't aren't wasn't that's there's let's we'll you're they're could've",
  de: "der die das den dem des ein eine einen einem einer eines und oder aber nicht kein keine ist sind war waren wird werden wurde wurden hat haben hatte ich du er sie es wir ihr mich mir dich uns euch sich mein dein sein unser auch noch schon nur sehr mit von vom zu zum zur bei nach aus auf für über unter vor durch ohne gegen um an am im in wenn weil dass daß als wie was wer wo warum welche welcher welches dann doch mal hier dort jetzt immer nie mehr so kann können muss müssen soll sollte sollen sollten möchte bitte danke ja nein diese dieser dieses alle alles etwas nichts man bis seit wäre hätte würde könnte gibt habe bin bist",
  fr: "le la les l un une des du de d et ou mais donc ni car ne pas plus est sont était étaient être avoir a ai as ont avait avons avez je tu il elle on nous vous ils elles me te se moi toi lui leur leurs mon ma mes ton ta tes son sa ses notre nos votre vos ce cet cette ces cela ça c'est c j n s qu que qui quoi dont où quand comment pourquoi quel quelle avec sans pour par sur sous dans en entre vers chez au aux aussi très bien tout tous toute toutes même encore déjà peut peux faut fait faire doit si y oui non merci alors après avant depuis",
  es: "el la los las un una unos unas de del al y e o u pero no ni que quien cual cuando donde como por para con sin sobre entre hasta desde en es son era eran ser estar está están estaba fue fueron ha han había hay he yo tú él ella nosotros ellos ellas me te se nos le les lo mi mis tu tus su sus nuestro nuestra este esta estos estas ese esa eso esto aquí ahí allí muy más menos también ya todavía siempre nunca todo todos toda todas algo nada si sí porque qué cómo cuál puede puedo podemos debe tiene tenemos hacer gracias",
  it: "il lo la i gli le un uno una di del della dei delle degli da dal dalla in nel nella con su sul sulla per tra fra e o ma non che chi cui quando dove come perché anche più già ancora sempre mai molto tutto tutti questo questa questi queste quello quella è sono era erano essere ho hai ha abbiamo hanno io tu lui lei noi voi loro mi ti si ci vi mio suo nostro se sì grazie può devo deve fare fatto c'è",
  pt: "o a os as um uma uns umas de do da dos das em no na nos nas por pelo pela para com sem sobre entre até e ou mas não nem que quem qual quando onde como porque também já ainda sempre nunca muito tudo todos isso isto este esta esse essa ele ela eles elas eu nós você vocês me te se seu sua meu minha é são era foi ser estar está estão tem têm tinha há mais menos sim obrigado pode deve fazer",
  nl: "de het een en of maar niet geen is zijn was waren wordt worden werd heeft hebben had ik jij je hij zij ze wij we jullie mij me hem haar ons hun dit dat deze die er hier daar met van voor naar bij uit op in aan te om over onder door zonder tegen tot als dan wat wie waar wanneer waarom hoe welke ook nog al heel zeer meer alle alles iets niets kan kunnen moet moeten zou zal wil graag dank ja nee want omdat",
};

/** The languages, in the order of their bits. */
export const LANGUAGES: readonly string[] = Object.keys(WORDS);

const BITS: ReadonlyMap<string, number> = bits();

/** The bits of the languages a lower-case word is a stop word of: bit n for LANGUAGES[n]. */
export function languagesOf(word: string): number {
  return BITS.get(word.replaceAll("\u2019", "'")) ?? 0;
}

function bits(): ReadonlyMap<string, number> {
  const all = new Map<string, number>();
  for (const [at, words] of Object.values(WORDS).entries()) {
    for (const word of words.split(" ")) all.set(word, (all.get(word) ?? 0) | (1 << at));
  }
  return all;
}
