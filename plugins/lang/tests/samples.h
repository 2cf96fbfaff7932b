/* samples.h: one short report in each of twenty languages, written for the measure of the stage `lang`. */
#ifndef TM_LANG_SAMPLES_H
#define TM_LANG_SAMPLES_H

static const struct {
    char code[4];
    const char *text;
} samples[] = {
    {"en",
     "The council of the small harbour town decided on Monday evening to rebuild the old pier before next summer. "
     "The work will cost almost three million and is to begin in March, as soon as the ice has gone. Many people "
     "who live near the water had asked for a new pier for years, because the old one had become dangerous. The "
     "mayor said that nobody would have to pay higher taxes, and that the ferry could sail again in June. Others "
     "doubt it: they remember that the bridge was finished two years late and cost twice as much as planned."},
    {"de",
     "Der Rat der kleinen Hafenstadt hat am Montagabend beschlossen, den alten Steg noch vor dem nächsten Sommer neu "
     "zu bauen. Die Arbeiten kosten fast drei Millionen und sollen im März beginnen, sobald das Eis verschwunden "
     "ist. Viele Leute, die am Wasser wohnen, hatten seit Jahren einen neuen Steg verlangt, weil der alte gefährlich "
     "geworden war. Die Bürgermeisterin sagte, niemand müsse höhere Steuern zahlen, und die Fähre könne im Juni "
     "wieder fahren. Andere zweifeln daran: Sie wissen noch, dass die Brücke zwei Jahre zu spät fertig wurde."},
    {"fr",
     "Le conseil de la petite ville portuaire a décidé lundi soir de reconstruire l'ancienne jetée avant l'été "
     "prochain. Les travaux coûteront près de trois millions et doivent commencer en mars, dès que la glace aura "
     "disparu. Beaucoup d'habitants du bord de l'eau demandaient depuis des années une nouvelle jetée, parce que "
     "l'ancienne était devenue dangereuse. La maire a déclaré que personne ne paierait plus d'impôts et que le bac "
     "pourrait naviguer de nouveau en juin. D'autres en doutent : le pont avait été terminé avec deux ans de retard."},
    {"es",
     "El consejo de la pequeña ciudad portuaria decidió el lunes por la noche reconstruir el viejo muelle antes del "
     "próximo verano. Las obras costarán casi tres millones y deben comenzar en marzo, en cuanto desaparezca el "
     "hielo. Muchos vecinos que viven cerca del agua pedían desde hace años un muelle nuevo, porque el viejo se había "
     "vuelto peligroso. La alcaldesa dijo que nadie tendrá que pagar más impuestos y que el transbordador podrá "
     "navegar otra vez en junio. Otros lo dudan: recuerdan que el puente se terminó con dos años de retraso."},
    {"it",
     "Il consiglio della piccola città portuale ha deciso lunedì sera di ricostruire il vecchio molo prima della "
     "prossima estate. I lavori costeranno quasi tre milioni e dovrebbero cominciare a marzo, appena il ghiaccio "
     "sarà scomparso. Molte persone che abitano vicino all'acqua chiedevano da anni un nuovo molo, perché quello "
     "vecchio era diventato pericoloso. La sindaca ha detto che nessuno dovrà pagare più tasse e che il traghetto "
     "potrà navigare di nuovo a giugno. Altri ne dubitano: il ponte fu finito con due anni di ritardo."},
    {"pt", "O conselho da pequena cidade portuária decidiu na segunda-feira à noite reconstruir o velho cais antes do "
           "próximo verão. As obras vão custar quase três milhões e devem começar em março, assim que o gelo "
           "desaparecer. Muitas pessoas que moram perto da água pediam há anos um cais novo, porque o velho tinha se "
           "tornado perigoso. A prefeita disse que ninguém terá de pagar mais impostos e que a balsa poderá navegar "
           "outra vez em junho. Outros duvidam: lembram que a ponte ficou pronta com dois anos de atraso."},
    {"nl",
     "De raad van het kleine havenstadje heeft maandagavond besloten de oude steiger nog voor de volgende zomer te "
     "herbouwen. Het werk kost bijna drie miljoen en moet in maart beginnen, zodra het ijs verdwenen is. Veel "
     "mensen die bij het water wonen vroegen al jaren om een nieuwe steiger, omdat de oude gevaarlijk was "
     "geworden. De burgemeester zei dat niemand meer belasting hoeft te betalen en dat het veer in juni weer kan "
     "varen. Anderen betwijfelen dat: zij weten nog dat de brug twee jaar te laat klaar was."},
    {"sv",
     "Rådet i den lilla hamnstaden beslutade på måndagskvällen att bygga om den gamla bryggan före nästa sommar. "
     "Arbetet kostar nästan tre miljoner och ska börja i mars, så snart isen har försvunnit. Många som bor vid "
     "vattnet hade i flera år bett om en ny brygga, eftersom den gamla hade blivit farlig. Borgmästaren sade att "
     "ingen kommer att få betala högre skatt och att färjan kan gå igen i juni. Andra tvivlar på det: de minns att "
     "bron blev klar två år för sent och kostade dubbelt så mycket som man hade räknat med."},
    {"da",
     "Rådet i den lille havneby besluttede mandag aften at bygge den gamle mole op igen inden næste sommer. Arbejdet "
     "koster næsten tre millioner og skal begynde i marts, så snart isen er væk. Mange, der bor ved vandet, havde "
     "i årevis bedt om en ny mole, fordi den gamle var blevet farlig. Borgmesteren sagde, at ingen kommer til at "
     "betale højere skat, og at færgen kan sejle igen i juni. Andre tvivler på det: de husker, at broen blev "
     "færdig to år for sent og kostede dobbelt så meget som ventet."},
    {"pl",
     "Rada małego miasta portowego postanowiła w poniedziałek wieczorem odbudować stare molo jeszcze przed "
     "następnym latem. Prace będą kosztować prawie trzy miliony i mają się zacząć w marcu, gdy tylko zniknie lód. "
     "Wielu ludzi, którzy mieszkają nad wodą, od lat prosiło o nowe molo, ponieważ stare stało się niebezpieczne. "
     "Burmistrz powiedziała, że nikt nie zapłaci wyższych podatków i że prom znów popłynie w czerwcu. Inni w to "
     "wątpią: pamiętają, że most był gotowy dwa lata za późno."},
    {"cs", "Rada malého přístavního města rozhodla v pondělí večer, že staré molo bude ještě před příštím létem znovu "
           "postaveno. Práce budou stát téměř tři miliony a mají začít v březnu, jakmile zmizí led. Mnoho lidí, kteří "
           "bydlí u vody, žádalo už léta o nové molo, protože staré se stalo nebezpečným. Starostka řekla, že nikdo "
           "nebude platit vyšší daně a že přívoz bude v červnu zase jezdit. Jiní o tom pochybují: pamatují si, že most "
           "byl hotov o dva roky později."},
    {"ru",
     "Совет небольшого портового города решил в понедельник вечером восстановить старый причал до следующего лета. "
     "Работы обойдутся почти в три миллиона и должны начаться в марте, как только сойдёт лёд. Многие жители, дома "
     "которых стоят у воды, годами просили о новом причале, потому что старый стал опасным. Мэр сказала, что "
     "никому не придётся платить больше налогов и что паром снова пойдёт в июне. Другие сомневаются."},
    {"uk", "Рада невеликого портового міста вирішила в понеділок увечері відбудувати старий причал до наступного літа. "
           "Роботи коштуватимуть майже три мільйони і мають початися в березні, щойно зійде крига. Багато людей, які "
           "живуть біля води, роками просили про новий причал, бо старий став небезпечним. Мер сказала, що нікому не "
           "доведеться платити більше податків і що пором знову піде в червні. Інші сумніваються."},
    {"tr",
     "Küçük liman kentinin meclisi pazartesi akşamı eski iskeleyi gelecek yazdan önce yeniden yapmaya karar verdi. "
     "Çalışmalar yaklaşık üç milyona mal olacak ve buzlar çözülür çözülmez mart ayında başlayacak. Su kıyısında "
     "yaşayan birçok kişi yıllardır yeni bir iskele istiyordu, çünkü eskisi tehlikeli olmuştu. Belediye başkanı "
     "kimsenin daha fazla vergi ödemeyeceğini ve vapurun haziranda yeniden sefere çıkacağını söyledi. Başkaları "
     "bundan kuşku duyuyor: köprünün iki yıl geç bittiğini unutmadılar."},
    {"fi",
     "Pienen satamakaupungin valtuusto päätti maanantai-iltana rakentaa vanhan laiturin uudelleen ennen ensi kesää. "
     "Työ maksaa lähes kolme miljoonaa, ja sen on määrä alkaa maaliskuussa heti, kun jää on sulanut. Monet rannan "
     "asukkaat olivat vuosia pyytäneet uutta laituria, koska vanhasta oli tullut vaarallinen. Pormestari sanoi, "
     "ettei kenenkään tarvitse maksaa enempää veroja ja että lautta voi kulkea taas kesäkuussa. Toiset epäilevät "
     "sitä: silta valmistui kaksi vuotta myöhässä."},
    {"el",
     "Το συμβούλιο της μικρής πόλης με το λιμάνι αποφάσισε τη Δευτέρα το βράδυ να ξαναχτίσει την παλιά προβλήτα πριν "
     "από το επόμενο καλοκαίρι. Τα έργα θα κοστίσουν σχεδόν τρία εκατομμύρια και θα αρχίσουν τον Μάρτιο. Πολλοί "
     "κάτοικοι ζητούσαν εδώ και χρόνια μια καινούργια προβλήτα, επειδή η παλιά είχε γίνει επικίνδυνη."},
    {"ar",
     "قرر مجلس المدينة الساحلية الصغيرة مساء الاثنين إعادة بناء الرصيف القديم قبل الصيف المقبل. ستكلف الأعمال نحو "
     "ثلاثة ملايين ومن المقرر أن تبدأ في شهر مارس بعد ذوبان الجليد. وكان كثير من سكان الشاطئ يطالبون منذ سنوات "
     "برصيف جديد لأن القديم أصبح خطيرا. وقالت رئيسة البلدية إن أحدا لن يدفع ضرائب أكثر."},
    {"zh",
     "这座小港口城市的议会星期一晚上决定,在明年夏天之前重建旧码头。工程将花费近三百万,计划在三月冰雪融化之后开始。"
     "许多住在水边的居民多年来一直要求修建新码头,因为旧的已经变得很危险。市长说,没有人需要多交税,渡船六月就能重新开航。"
     "其他人表示怀疑:他们还记得那座桥晚了两年才完工,费用是原来计划的两倍。"},
    {"ja", "小さな港町の議会は月曜日の夜、古い桟橋を来年の夏までに建て直すことを決めた。工事にはおよそ三百万かかり、"
           "氷が解ける三月に始まる予定だ。水辺に住む多くの人々は、古い桟橋が危険になったため、何年も前から新しい桟橋を"
           "求めていた。"
           "市長は、だれも税金を多く払う必要はなく、渡し船は六月にまた動くと述べた。"},
    {"ko", "작은 항구 도시의 의회는 월요일 저녁에 내년 여름이 오기 전에 낡은 부두를 다시 짓기로 결정했다. 공사에는 "
           "거의 삼백만이 들며 "
           "얼음이 녹는 삼월에 시작될 예정이다. 물가에 사는 많은 주민들은 낡은 부두가 위험해졌기 때문에 여러 해 동안 "
           "새 부두를 "
           "요구해 왔다. 시장은 아무도 세금을 더 내지 않아도 된다고 말했다."},
};

#endif
