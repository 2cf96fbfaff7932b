/* lists.h: the little words of some languages, lower case, by which even a short text gives itself away, and their own
 * letters. What several languages have stands in each list and counts less. */
#ifndef TM_LANG_LISTS_H
#define TM_LANG_LISTS_H

static const struct {
    char code[4];
    const char *words;
    const char *letters; /* beyond a to z; of Cyrillic, those that not all have */
} words_of[] = {
    /* clang-format off */
    {"en",
     "the of and to in is was that it for on with as he she his her by at from they this have has had are were "
     "be been not but or an which who will would their its said after more about when than there can could into "
     "over out up you we i a if no what all new one two first last also other some may how why where while "
     "because before between against during through only just most your our do did does says say under since "
     "still former per due so am me any even much many them than then these those such very today being down off "
     "like likely see seen open top us week year years per own same each both way back here",
     ""},
    {"de",
     "der die das und ist nicht ein eine einen einem einer des dem den zu im in mit von auf für sich auch es er "
     "sie wir ich als wie aus bei nach vom zum zur wird wurde werden hat haben war sind noch nur über um aber "
     "oder wenn dass kann mehr am an vor bis durch gegen schon so was sein seine ihre ihr hatte unter zwischen "
     "alle",
     "ßäöü"},
    {"fr",
     "le la les un une des du de et est en que qui dans pour pas sur au aux par avec ce cette ces il elle ils "
     "nous vous je se sa son ses leur plus ne ou mais été sont était être ont avait fait comme tout aussi selon "
     "après entre sans sous où dont deux très peut",
     "çèêàœùûôîëï"},
    {"es",
     "el la los las un una de del y en que es por para con no se su sus al lo como más pero fue ha han este "
     "esta está son era ser entre cuando muy sin sobre también desde hasta donde porque todo según tras dos hay "
     "nos les le ya",
     "ñ¿¡áíóú"},
    {"it",
     "il lo la i gli le un una uno di del della dei delle degli e è in che per non con si da dal dalla al alla "
     "nel nella sul sulla come più ma anche sono stato era essere ha hanno questo questa dopo tra due ed suo "
     "sua loro",
     "èòàùì"},
    {"pt",
     "o a os as um uma de do da dos das e é em no na nos nas que por para com não se ao à mais mas foi são como "
     "seu sua ser entre quando muito sem sobre também até ele ela pelo pela este esta tem já isso dois após "
     "está",
     "ãõçáâêóé"},
    {"gl",
     "o a os as un unha de do da dos das e é en no na nos nas que por para con non se ao máis mais foi son como "
     "seu súa ser entre cando moi sen sobre tamén ata ela polo pola este esta ten xa iso dous tras está dun "
     "dunha",
     "ñáíóú"},
    {"ca",
     "el la els les un una de del dels i és en que per amb no es al als més però va han aquest aquesta són com "
     "també ha seva seu entre quan sense sobre fins molt dos",
     "çèòàï"},
    {"nl",
     "de het een en van is in dat op te zijn met voor niet die aan er om ook als bij door naar maar uit heeft "
     "hebben was worden werd dit nog over wordt zich tot geen meer kan ze hij zij haar hun had deze onder tegen "
     "twee",
     ""},
    {"af",
     "die en van is in het dat nie op te om vir met word sy hy was wat aan deur kan uit sal ook as hulle "
     "hierdie ons",
     ""},
    {"sv",
     "och att det som en är på för med av den till i inte har ett om de var han hon sig från men så vi kan när "
     "ska hade eller efter över också under mot vid där skulle alla jag sin två blev",
     "åäö"},
    {"da",
     "og at det som en er på for med af den til i ikke har et om de var han hun sig fra men så vi kan når skal "
     "havde eller efter over også under mod ved der ville alle jeg sin to blev blevet",
     "æøå"},
    {"no",
     "og at det som en er på for med av den til i ikke har et om de var han hun seg fra men så vi kan når skal "
     "hadde eller etter over også under mot ved der ville alle jeg sin to ble blitt",
     "æøå"},
    {"pl",
     "i w na z się nie do to że jest o po za od przez jak dla są ale oraz ma tym już był była co tak przed "
     "który która które być tylko może jego jej ich także ze roku bardzo gdy czy",
     "łąężśćńźó"},
    {"cs",
     "a v na se je že s z do to o po za od jak pro jsou ale má už byl byla co tak před který která které být "
     "jen může jeho její jejich také ze roku podle když při nebo jako ve si",
     "řůěžčšýáíé"},
    {"sk",
     "a v na sa je že s z do to o po za od ako pre sú ale má už bol bola čo tak pred ktorý ktorá ktoré byť len "
     "môže jeho jej ich tiež zo roku podľa keď pri alebo vo si",
     "ľĺŕôžčšýáíé"},
    {"hu",
     "a az és hogy nem is egy van volt meg csak de ez már még el ki mint vagy után lesz ha azt szerint között "
     "minden",
     "őűáéöü"},
    {"ro",
     "și în de la cu pe nu este să a al ale din care pentru mai fost sunt un o prin după sau dar că se au ce "
     "lui",
     "țșăâî"},
    {"tr",
     "ve bir bu da de için ile olarak daha çok olan en ne gibi kadar sonra ama değil var olduğu göre ise her o "
     "ki yeni",
     "ğışöüç"},
    {"fi",
     "ja on ei että se oli hän mutta kun myös ovat joka niin kuin tai jos sen mukaan ole olla vain hänen mitä "
     "nyt sitä ovat jo vielä",
     "äö"},
    {"id",
     "yang dan di dari untuk dengan ini itu tidak pada dalam akan ke adalah telah oleh juga sebagai kepada "
     "bahwa bisa",
     ""},
    {"ru",
     "и в не на что с по он это как из до у за от к о но его для было она так же все был они если при или года "
     "мы еще ещё после только уже того",
     "ыэёъ"},
    {"uk",
     "і в не на що з по він це як із у за від до про але його для було вона так же всі був вони якщо при або "
     "року ми ще після тільки вже та й",
     "іїєґ"},
    {"bg",
     "и в не на че с по той това как до от за но го да е са се ще към беше тя така всички бяха ако при или "
     "година ние още",
     "ъ"},
    /* clang-format on */
};

#endif
