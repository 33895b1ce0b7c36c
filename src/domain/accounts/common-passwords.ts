/**
 * Words that most common passwords are made of, in folded case. After the frequency list of zxcvbn
 * (https://github.com/dropbox/zxcvbn, MIT licence), without its coarse ones, and with calendar and office words.
 */
export const COMMON_WORDS: ReadonlySet<string> = wordsOf(`
  access account adidas admin administrator airborne albert alex alexande alexis amanda america andrea
  andrew andrey angel angela angels animal anthony apollo apple apples april arsenal arthur asdasd asdf
  asdfasdf asdfghjk asdfghjkl ashley august austin autumn azerty babygirl badboy bailey banana bandit
  barney baseball batman bear beatles beaver beavis beer benjamin bigboy bigdaddy bigdog birdie biteme
  black blazer blue bonjour bonnie booger boomer boston brandon brandy braves broncos brooklyn bubba
  bubbles buddy buffalo bulldog buster calvin camaro cameron canada captain carlos carolina cartman casper
  celtic chance changeme charles charlie cheese chelsea cherry chester chicago chicken chris christin
  cocacola coffee company compaq computer contrasena cookie cooper copper corvette cowboy cowboys creative
  cricket crystal dakota dallas daniel danielle darkness david debbie december default dennis destiny
  dexter diablo diamond digital doctor dolphin dolphins donald donkey dragon driver eagles eclipse edward
  elephant eminem enter explorer falcon fall family february fender ferrari fire fish fishing florida
  flower fluffy flyers football forever fred freddy freedom friday fruehling gabriel gandalf garfield
  gateway gators geheim gemini genius george gfhjkm ghbdtn giants gibson ginger girls godzilla golden golf
  golfer gordon green guest guinness guitar gunner hallo hammer hannah happy harley heather heaven hello
  helpme herbst hockey hola hotdog hunter iceman iloveyou internet iwantu jack jackie jackson jaguar james
  january jasmine jason jasper jennifer jeremy jessica jessie john johnny johnson jonathan jordan joseph
  joshua july june junior justin kennwort killer kitten klaster knight lakers lasvegas lauren legend
  letmein lifehack little liverpoo liverpool login london louise love loveme lover lovers lucky maddog
  madison maggie magic march marina marine marlboro martin marvin master matrix matthew maverick maximus
  maxwell melissa mercedes merlin metallic mexico michael michelle michigan mickey midnight mike miller
  minecraft monday money monica monkey monster montana morgan motdepasse mother mountain muffin murphy
  mustang nascar natasha nathan nelson newyork nicholas nicole nikita nintendo nirvana nissan nothing
  november october office oliver online orange packers pakistan pantera panther parker parola pass passwd
  password passwort patrick peaches peanut pepper peter phantom phoenix platinum player please pokemon
  police pookie porsche power prince princess private pumpkin purple qazwsx qazwsxedc qazxsw qwaszx qweqwe
  qwert qwerty qwertyui qwertz rabbit rachel raiders rainbow ranger rangers razz rebecca redskins redsox
  redwings richard robert rocket root rosebud runner samantha samson samsung samuel sandra saturday saturn
  schatz scooby scooter scorpio scorpion scott secret september sergey server service shadow shannon
  sharon shelby sierra silver skippy slayer slipknot smokey sniper snoopy snowball soccer soleil sommer
  sophie sparky spider spring startrek starwars steelers stella steve steven stupid success summer sunday
  sunshine superman sydney taylor temp temporary tennis test testing theman therock thomas thunder
  thursday tiffany tiger tigers tigger tomcat topgun toyota travis trinity trouble tucker tuesday turtle
  united user vampire victor victoria viking voodoo voyager walter warrior wednesday welcome whatever
  william williams willie willkommen willow wilson winner winston winter wizard xavier yamaha yankees
  yellow
`);

/**
 * Long passwords that people choose over and over, in folded case, without spaces and punctuation. After the same list,
 * with well-known sentences.
 */
export const COMMON_LONG_PASSWORDS: ReadonlySet<string> = wordsOf(`
  !qaz2wsx#edc4rfv 00112233445566778899 010203040506 012345678910 014702580369 01telemike01 050605rostik
  102030405060 102030405060708090 1111111111zz 111222333000 111222333444555 112233445566
  112233445566778899 122333444455555 123123123123123 123123qweqwe 123321456654 123321qweewq 123456654321
  12345677654321 123456782000 1234567887654321 123456789000 12345678900987654321 1234567890987654321
  1234567890qaz 1234567890qw 1234567890qwe 1234567890qwerty 1234567890zzz 123456789101 123456789123
  1234567892000 12345678987654321 123456789987654321 123456789aaa 123456789abc 123456789asd 123456789qaz
  123456789qqq 123456789qwe 123456789qwer 123456789qwerty 123456789zxc 1234567qwertyu 123456qwerty
  123456zxcvbn 1234qwerasdf 1234qwerasdfzxcv 123ewqasdcxz 123qwe456rty 123qweasdzxc 123qwerty123
  12qw34er56ty 159753456852 193570356033 19960610ilja 1a2a3a4a5a6a 1a2b3c4d5e6f7g8h9i 1a2s3d4f5g6h
  1q2w3e4r5t6y 1q2w3e4r5t6y7u8i9o0p 1qa2ws3ed4rf 1qa2ws3ed4rf5tg 1qaz2wsx3edc 1qaz2wsx3edc4rfv
  1qazxsw23edc 1qazxsw23edcvfr4 23176djivanfros 23wkoa0fp78dk 27182818284590 31217221027711
  314159265358979 3141592653589793 31415926535897932 32615948worms 41d8cd98f00b 420842084208555
  4815162342lf 4815162342lost 541233432442 59382113kevinp 6215mila6215 742617000027 89063032220m
  89231243658s 89876065093rax 89semtsriuty a1b2c3d4e5f6g7h8 a1b2c3d4e5f6g7h8i9 a1s2d3f4g5h6
  aaaaaabbbbbbcccccc abc123456789 abc123abc123abc123 abcdefghijklmnopqrstuvwxyz admin18533362
  administrator administrator1 administratorpassword adminpassword aksjdlasdakj89879
  allyourbasearebelongtous alpha135792468 alwaysandforever amadeusptfcor an83546921an13 andrewjackie
  antananarivu antidisestablishmentarianism anytimetoday arsenalfc asdfgh123456 asdfghjkl123
  asdfghjklqwertyuiop auckland2010 avengedsevenfold avrillavigne badiman28200 batterystaple bayernmunich
  bhrh0h2oof6xbqjeh blacksonblon blinkonehundred bltynbabrfwbz borussiadortmund boy4u2ownnyc
  bpgjldsgjldthnf businessbabe callofduty changemenow changemeplease changethispassword cheeseburger
  chelseafc chesterfield chickenwing101 christmastree christopher1 civilization cjdthitycndj cnfc35762209
  combat123654 companypassword configuratio construction contortionist contrasenacontrasena corperfmonsy
  correcthorsebattery correcthorsebatterystaple cosmopolitan counterstrike daspasswort defaultpassword
  devilmaycry4 digitalprodu dkflbvbhjdbx dkflbvbhjdyf domainlock2005 donttellanyone dragonballz
  edwardcullen entertainment fatima753357 fcbarcelona finalfantasy findaupair007 fkmnthyfnbdf
  fktrcfylhjdbx fktrcfylhjdf fktrcfylhjdyf flvbybcnhfnjh forevereveryoung foreveryoung forgotpassword
  frederiksberg fynfyfyfhbde gfhfktkjuhfv gfhjkmgfhjkm ghbdtnghbdtn ghbdtnrfrltkf ghhh47hj7649
  ghjatccbjyfk ghjcnjgbpltw ghjcnjgfhjkm ghjcnjghjcnj ghjcnjqgfhjkm ghjcnjrdfibyj ghjnbdjcnjzybt
  ghtdtlvtldtl gjkysqgbpltw godisgood godisgreat goodmorning goodmorningvietnam grandtheftauto
  greenlantern gthtrfnbgjkt gtnhjpfdjlcr happybirthday happybirthdaytoyou happynewyear harrypotter
  hd764nw5d7e1vb1 hd764nw5d7e1vbv hedimaptfcor hellohowareyou hellokittyhellokitty helloworldhelloworld
  howareyoutoday hunter2hunter2 iamawesome iampurehaha2 iamthebest iamthegreatest ichhabekeinpasswort
  ichliebedich ichliebedichsosehr idontknow idontremember iforgotmypassword ihatepasswords ilovejesus
  ilovemycat ilovemydad ilovemydog ilovemyfamily ilovemyhusband ilovemykids ilovemymom ilovemymother
  ilovemywife iloveyoubaby iloveyouforever iloveyoumom iloveyousomuch ingodwetrust installdevic
  installsqlst intelligence international ipo54tj45uy856 ironmaiden iseedeadpeople itsasecret jamesbond007
  jesusismysavior jesuslovesme jesuslovesyou jetaimejetaime jetaimepourtoujours josephphone7 justinbieber
  ktjynsq40147 leagueoflegends leavemealone letmeinletmein letmeinplease lhbjkjubz2957704 linkinpark
  livelongandprosper liverpoolfc lordoftherings losangeles lost4815162342 love777321777 lytdybrbdfvgbhf
  lytghjgtnhjdcr mailcreated5240 manchestercity manchesterunited maprchem56458 masterbaiting
  maurolarastefy maytheforcebewithyou meinegeheimzahl meinpasswort mequieroamimismo merrychristmas
  metallicametallica mevefalkcakk michaeljackson minecraft123 minecraftminecraft minnesota_hp
  morganstanley mortalkombat motdepassemotdepasse msoracle32re msorcloledbr mypasswordispassword
  mypasswordissecret mysecretpassword ne_e_pod_chehyl necronomicon needforspeed nemvxyheqdd5oqxyxyzi
  networkingpe nevergonnagiveyouup newproject2004 newyorkcity newyorkyankees nhbujyjvtnhbz nhecsyfujkjdt
  nhfdvfnjkju123 nhfycajhvths nick1234-rem936 nightcrawler nondriversig nothingtoseehere notmypassword
  nottherealpassword ntktdbpjh1994 olcrackmaster onceuponatime onedirection ontheoutside openthedoor
  p030710p$e4o paraklast1974 password1234 passwordassword passwordpassword passwordstandard
  passwortpasswort pfqwtd27121988 philadelphia playstation2 playstation3 pleasechangeme pleaseletmein
  pokemonmaster polniypizdec0211 polniypizdec1102 polniypizdec110211 professional ptybnxtvgbjy
  punksnotdead q1w2e3r4t5y6 q1w2e3r4t5y6u7 q1w2e3r4t5y6u7i8 q1w2e3r4t5y6u7i8o9p0 qawsedrftgyh qaz123wsx456
  qazwsx123456 qazwsxedc123 qazwsxedcrfv qazwsxedcrfvtgb qazxswedc123 qazxswedcvfr qwaszxerdfcv
  qweasdzxc123 qwerasdfzxcv qwertasdfgzxcvb qwerty123456 qwerty123456789 qwertyasdfgh qwertyuiop10
  qwertyuiop12 qwertyuiop123 qwertyuiop12345 qwertyuiopasdfghjkl qwertyuiopasdfghjklzxcvbnm qwertyytrewq
  realmadrid residentevil rfnthbyf1988 ronaldinho10 rootpassword sanfrancisco satisfaction saun24865709
  scandinavian sdicmt7seytn securepassword seemnemaailm sojdlg123aljg sonnenschein sonyericsson
  specialinsta spongebob spongebobsquarepants stickdaddy77 stinkyfinger stratocaster strongpassword
  sunshinesunshine supercalifragilisticexpialidocious supernatural supersecretpassword systemofadown
  teamomucho teamoteamo temporarypassword temppassword testpassword testtesttest thankyoulord
  thebestofthebest thecakeisalie theonlyone thequickbrownfox thequickbrownfoxjumpsoverthelazydog
  thisisapassword thisisasecret thisismypassword thisisnotapassword ticketmaster tobeornottobe
  tobeornottobethatisthequestion topsecretpassword transformers trustno1trustno1 unbelievable
  unitedkingdom unitedstates vanyarespekt vergissmeinnicht verysecurepassword verystrongpassword
  vfhbyfvfhbyf vfrcbvvfrcbv vfvfvskfhfve vladimirovna warhammer40k wazzkaprivet websolutions
  websolutionssu webuivalidat weihnachtsbau weihnachtsbaum welcomehome welcometocompany welcometothejungle
  whatisthepassword whatisyourname whatsthepassword whosyourdaddy winteriscoming worldofwarcraft
  youllneverwalkalone youshallnotpass z1x2c3v4b5n6 z1x2c3v4b5n6m7 zaq12wsxcde3 zaq12wsxcde34rfv
  zaq1xsw2cde3 zaq1xsw2cde3vfr4 zaqwsxcderfv zcfvfzkexifz zqjphsyf6ctifgu zxcasdqwe123 zxcvbn123456
  zxcvbnm123456789 zxcvbnmmnbvcxz
`);

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
