/** First names that one person goes by: short forms in Dutch, English, French and German. Folded; one line a name. */
const NAMES = `
  alexander alex sander xander lex sacha sasha alexandre
  alexandra alex sandra sacha sasha
  andreas andre andries dries andrew andy
  antonius anton antoine anthony antony tony ton toon toine twan
  albert bert al
  bartholomeus bart
  benjamin ben benny
  catharina catherine katherine katharina kathe cathy kathy kate katie katja karin trijntje toos
  charles charlie chuck karel carl karl
  christiaan christian christopher chris kris christophe
  christina christine chris tina kirsten christel
  cornelis cor kees cees
  cornelia corrie cora nel nelleke
  daniel dan danny daan
  david dave davy
  dorothea dorothy dora dorien
  edward ed eddy eddie ted ward eduard
  elisabeth elizabeth eliza elise els elsa lies liesbeth lisa lise betty beth bettina lizzy liz sissi
  emmanuel manuel manu
  francois francis frank franz frans franciscus franck
  frederik frederick frederic friedrich fred freddy fritz rik freek
  gerardus gerard gerrit gerhard geert gert
  gregory gregoire greg gregor
  gulielmus wilhelm willem william wim bill billy will willy willi guillaume pim
  hendrik henry henri heinrich heinz henk rik hank harry
  helena helene helen ellen lena leni
  jacobus jacob jacques jakob jaap james jim jimmy koos cobus
  johannes johan johann jan hans john johnny jean jannes joop
  johanna joanna jo hanna hannah jeanne johanne janneke hanneke
  josephus jozef josef joseph jose joe jos jef joey sepp
  josephine josefine jo fientje
  joshua josh
  laurentius laurens laurent lawrence larry lars lorenz
  leonard leonardus leo leon len
  lodewijk louis ludwig lewis lou
  margaretha margaret marguerite margarethe greta grete gretchen margot maggie meg peggy marga griet
  maria marie mary mia miep riet ria maaike marijke mieke
  martinus martin maarten marten marty
  matthew matthias mathieu matthijs matthieu matt thijs matti
  maximilian maximiliaan max maxime
  michael michel michiel mike mick mickey micha
  nicolaas nicolas nicholas nikolaus niklas nick niek klaus klaas nico claus
  patrick pat paddy
  patricia pat patty trish
  petrus peter pieter pierre piet pete per
  philippus philip philippe philipp phil flip
  rebecca becky
  richard rick dick rich ricky
  robertus robert rob bob bobby robbie
  samuel sam sammy
  sebastianus sebastiaan sebastian sebastien bas seb bastian
  stephanus stefan stephan stephen steven steve etienne stephane
  susanna susan suzanne susanne sue suus sanne
  theodorus theodor theodore theo ted teddy
  thomas tom tommy thom
  timotheus timothy timothee tim timmy
  valentin valentina val
  victor viktor vic
  vincentius vincent vince
  yvonne yvon ivonne
  zacharias zachary zach zack
`;

const OWNERS = new Map<string, number[]>();
for (const [index, line] of NAMES.trim().split('\n').entries()) {
  for (const name of line.trim().split(' ')) OWNERS.set(name, [...(OWNERS.get(name) ?? []), index]);
}

/** Whether both may be short for one name, or one for the other: Joe and Joseph, Kees and Cornelis. */
export function isShortForm(one: string, other: string): boolean {
  const owners = OWNERS.get(one);
  return owners !== undefined && OWNERS.get(other)?.some((owner) => owners.includes(owner)) === true;
}
