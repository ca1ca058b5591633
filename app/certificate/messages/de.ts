import { titleOf, type FindingTitles, type Messages } from './message-table.ts';

const titles: FindingTitles = {
  'forget-accuracy': {
    title: 'Gelöschte Klasse noch erkannt',
    asks: 'Wie oft Testbilder der gelöschten Klasse ihr noch zugeordnet werden.',
  },
  'worst-forget-class': {
    title: 'Die am meisten erkannte der gelöschten Klassen',
    asks: 'Wie oft sie noch erkannt wird: Ein Mittelwert kann eine Klasse verdecken, die nicht vergessen ist.',
  },
  'retain-accuracy': {
    title: 'Übrige Klassen erkannt',
    asks: 'Wie oft Testbilder der Klassen, die bleiben, richtig zugeordnet werden. Auch ein zerstörtes Modell vergisst.',
  },
  'worst-retain-class': {
    title: 'Die Klasse mit dem größten Verlust',
    asks: 'Wie viel seltener sie erkannt wird als zuvor: Ein Mittelwert kann eine Klasse verdecken, die verloren ist.',
  },
  'neighbour-classes': {
    title: 'Die der gelöschten ähnlichsten Klassen',
    asks: 'Wie oft sie erkannt werden: Sie nehmen als Erste Schaden.',
  },
  'answer-concentration': {
    title: 'Ein anderer Name für die gelöschte Klasse',
    asks: 'Wie oft die häufigste Antwort gegeben wird: Eine Klasse, die immer einen bestimmten anderen Namen erhält, wird unter diesem noch erkannt.',
  },
  'score-separation': {
    title: 'Was ihre Punktzahl noch verrät',
    asks: 'Ob sich Bilder der gelöschten Klasse daran von anderen unterscheiden lassen, wie viele Punkte das Modell dieser Klasse gibt, wie wenige es auch sind, und zwar über den Zweifel hinaus, den jedes fremde Bild weckt; 0,5 ist Raten.',
  },
  'membership-loss': {
    title: 'Mitgliedschaftstest nach dem Fehler',
    asks: 'Ob sich Trainingsbilder der gelöschten Klasse am Fehler des Modells von anderen unterscheiden lassen; 0,5 ist Raten.',
  },
  'membership-entropy': {
    title: 'Mitgliedschaftstest nach der Streuung',
    asks: 'Dasselbe, nach der Streuung der Antworten.',
  },
  'membership-confidence': {
    title: 'Mitgliedschaftstest nach der Sicherheit',
    asks: 'Dasselbe, danach, wie sicher das Modell sich ist.',
  },
  'membership-shadow-models': {
    title: 'Mitgliedschaftstest Bild für Bild',
    asks: 'Dasselbe für einzelne Bilder, im Vergleich mit eigens trainierten Modellen.',
  },
  'linear-probe': {
    title: 'In den inneren Merkmalen gefunden',
    asks: 'Wie oft eine auf den inneren Merkmalen trainierte Sonde die gelöschte Klasse erkennt.',
  },
  'worst-probe-class': {
    title: 'Die am meisten gefundene der gelöschten Klassen',
    asks: 'Wie viel öfter eine Sonde sie findet als in dem Modell, mit dem verglichen wird: Ein Mittelwert kann eine Klasse verdecken, die geblieben ist.',
  },
  prototypes: {
    title: 'An der Ähnlichkeit gefunden',
    asks: 'Wie viele Testbilder der gelöschten Klasse gefunden werden, nachdem zehn Bilder von ihr gezeigt wurden.',
  },
  relearning: {
    title: 'Wieder erlernt',
    asks: 'In wie vielen Schritten die Klasse wieder erlernt wird, geteilt durch die eines Modells, das sie nie sah.',
  },
  'weight-distance': {
    title: 'Innere Gewichte verschoben',
    asks: 'Um welchen Teil ihrer Größe sich die Gewichte vor der letzten Schicht änderten.',
  },
  'feature-distance': {
    title: 'Innere Merkmale verschoben',
    asks: 'Um welchen Teil seiner Größe sich änderte, was das Modell in Bildern der gelöschten Klasse sieht.',
  },
  'output-distance': {
    title: 'Antworten verschoben',
    asks: 'Wie weit die Antworten zur gelöschten Klasse von denen des Originals entfernt sind, wenn dort die Klasse gestrichen ist.',
  },
};

/** Why findings are open, as the program that measures them says it. */
const reasons: ReadonlyMap<string, string> = new Map([
  [
    'A model retrained without the class gives it away as much as the original does, so this tells nothing.',
    'Ein ohne die Klasse trainiertes Modell verrät sie ebenso wie das Original, darum sagt dies nichts.',
  ],
  [
    'A model retrained without the class gives it away as much as the original does, or nearly, so this tells nothing.',
    'Ein ohne die Klasse trainiertes Modell verrät sie ebenso wie das Original, oder beinahe, darum sagt dies nichts.',
  ],
  [
    'Its inner features are numbers so large, or no numbers at all, that nothing can be found in them.',
    'Seine inneren Merkmale sind so große Zahlen, oder gar keine, dass sich nichts in ihnen finden lässt.',
  ],
  [
    'Only one class is left, so every model gives the same answer.',
    'Nur eine Klasse bleibt, darum gibt jedes Modell dieselbe Antwort.',
  ],
  [
    'Only one class is left, so the model can give no other answer.',
    'Nur eine Klasse bleibt, darum kann das Modell keine andere Antwort geben.',
  ],
  [
    'An attack on single images, with models trained for it to compare with, was not run.',
    'Ein Angriff auf einzelne Bilder, im Vergleich mit eigens trainierten Modellen, wurde nicht durchgeführt.',
  ],
  [
    'How fast it learns the erased class again says something only beside a model that never knew it.',
    'Wie schnell es die gelöschte Klasse wieder erlernt, sagt nur neben einem Modell etwas, das sie nie kannte.',
  ],
  [
    'It was not tried how fast the model learns the erased class again.',
    'Wie schnell das Modell die gelöschte Klasse wieder erlernt, wurde nicht versucht.',
  ],
  [
    'A model retrained without the class does not learn it in 50 steps, so there is nothing to divide by.',
    'Ein ohne die Klasse trainiertes Modell erlernt sie nicht in 50 Schritten, darum gibt es nichts, womit zu vergleichen wäre.',
  ],
  [
    'In some orders of the images it learns the erased class again on one side of the limit, in others on the other.',
    'Je nach Reihenfolge der Bilder erlernt es die gelöschte Klasse auf der einen oder auf der anderen Seite der Grenze wieder.',
  ],
  [
    "Its features cannot be compared with the original's: it is another network.",
    'Seine Merkmale lassen sich nicht mit denen des Originals vergleichen: Es ist ein anderes Netz.',
  ],
  [
    "Its weights cannot be compared with the original's: it is another network, or in another format.",
    'Seine Gewichte lassen sich nicht mit denen des Originals vergleichen: Es ist ein anderes Netz oder hat ein anderes Format.',
  ],
  ['This version of Lethe does not measure it.', 'Diese Version von Lethe misst dies nicht.'],
  [
    'There are no test images of the classes that were erased.',
    'Von den gelöschten Klassen gibt es keine Testbilder.',
  ],
  [
    'There are no training images of the classes that were erased.',
    'Von den gelöschten Klassen gibt es keine Trainingsbilder.',
  ],
  [
    'There are no test images of the classes that were kept.',
    'Von den Klassen, die bleiben, gibt es keine Testbilder.',
  ],
  [
    'There are no training images of the classes that were kept.',
    'Von den Klassen, die bleiben, gibt es keine Trainingsbilder.',
  ],
  [
    'It is not clearly less than in the original, and without a model that never saw the class nobody can tell whether that was kept or comes of features that serve any class.',
    'Es ist nicht deutlich weniger als im Original, und ohne ein Modell, das die Klasse nie sah, kann niemand sagen, ob es behalten wurde oder von Merkmalen kommt, die jeder Klasse dienen.',
  ],
  [
    'There are too few images to tell on which side of the limit it is.',
    'Es gibt zu wenige Bilder, um zu sagen, auf welcher Seite der Grenze es liegt.',
  ],
]);

function listed(names: readonly string[]): string {
  return names
    .map((name) => titleOf(titles, name)?.title ?? name)
    .map((title) => `„${title}“`)
    .join(', ');
}

const plural = (count: number, one: string, many: string): string =>
  `${String(count)} ${count === 1 ? one : many}`;

export const de: Messages = {
  statements: {
    verdict: {
      PASS: ({ measured, hasReference }) =>
        `${measured === 1 ? 'Der eine Befund hält' : `Alle ${String(measured)} Befunde halten`} ein, was vor dem Lauf festgelegt wurde. Das Modell erkennt die gelöschte Klasse nicht mehr, die übrigen noch immer, und ${
          hasReference
            ? 'von der gelöschten Klasse lässt sich in ihm, bis auf das vorher festgelegte Maß, so wenig finden wie in einem Modell, das ohne sie trainiert wurde.'
            : 'von der gelöschten Klasse lässt sich in ihm deutlich weniger finden als im Original. Ein ohne die Klasse trainiertes Modell stand nicht zum Vergleich; dass so wenig übrig ist wie in einem solchen, ist darum nicht gezeigt: Das ist die schwächere Aussage.'
        } Dies gilt für diese Bilder und diese Messungen; dass gar nichts übrig ist, kann keine Messung zeigen.`,
      FAIL: ({ failed }) =>
        `${failed.length === 1 ? 'Ein Befund hält' : `${String(failed.length)} Befunde halten`} nicht ein, was vor dem Lauf festgelegt wurde: ${listed(failed)}. Dass die Löschung bewirkt hat, was sie sollte, ist nicht gezeigt.`,
      INCONCLUSIVE: ({ open }) =>
        `Nichts, was gemessen wurde, ist durchgefallen, aber nicht alles, was für „bestanden“ nötig ist, ließ sich entscheiden${open.length === 0 ? '.' : `: ${listed(open)}.`} Es wird nichts behauptet, weder so noch so.`,
      none: 'Dieser Lauf wurde nur nach der Genauigkeit beurteilt. Ein Modell kann eine Klasse nicht mehr benennen und doch Spuren ihrer Bilder enthalten; darum gibt es kein Urteil „bestanden“.',
    },
    limits: (hasReference) => [
      'Ein Messwert ist, was an den hier gezählten Bildern gemessen wurde, mit dem 95-%-Intervall, in dem er für andere ihrer Art läge. Er gilt für das Modell mit dem hier genannten SHA-256 und für kein anderes.',
      hasReference
        ? 'Wo es dasteht, kommt die Grenze eines Befunds von einem Modell, das ohne die Klasse trainiert wurde: Was ein solches zeigt, darf auch das Modell nach der Löschung zeigen. Wo das Programm es nicht selbst trainiert hat, steht dafür, dass es die Klasse nie sah, ein, wer es gegeben hat.'
        : 'Ein ohne die Klasse trainiertes Modell stand nicht zum Vergleich. Dass etwas weniger ist als im Original, zeigt nicht, dass es so wenig ist, als wäre die Klasse nie da gewesen.',
      'Dass beim Löschen keine Bilder der gelöschten Klasse gelesen wurden, hat das Programm selbst gezählt.',
      'Die Signatur zeigt, dass der Inhaber des Schlüssels des Protokolls dieses Zertifikat ausgestellt hat und dass es seither nicht verändert wurde. Sie zeigt nicht, dass richtig gemessen wurde.',
    ],
    residualRisk: ({ isOpen, attacked }) => [
      'Spuren der gelöschten Klasse, nach denen keine der Messungen sucht, können in den Gewichten übrig sein. Angriffe, die noch nicht bekannt sind, könnten sie finden.',
      {
        none: 'Ein Angriff, der herauszufinden sucht, ob Bilder zum Training verwendet wurden, wurde nicht durchgeführt: Dass sich das nicht sagen lässt, ist nicht gezeigt.',
        class:
          'Angriffe auf die ganze Klasse wurden durchgeführt, keine auf einzelne Bilder mit eigens trainierten Modellen: Dass sich von einem einzelnen Bild nicht sagen lässt, ob es verwendet wurde, ist nicht gezeigt.',
        images:
          'Angriffe auf die ganze Klasse und auf einzelne Bilder wurden durchgeführt. Sie sagen, wie viele Bilder sich verraten, nicht welche: Dass sich von einem bestimmten Bild nicht sagen lässt, ob es verwendet wurde, ist nicht gezeigt.',
      }[attacked],
      ...(isOpen
        ? [
            'Was für „bestanden“ nötig und hier offen ist, bleibt ein Risiko unbekannter Größe, bis es gemessen wird.',
          ]
        : []),
    ],
    attacks: {
      'membership-inference': {
        none: 'Dazu braucht es Trainings- und Testbilder der gelöschten Klasse.',
        class:
          'Auf die ganze Klasse durchgeführt, nach Fehler, Streuung und Sicherheit: siehe die Befunde. Der Angriff auf einzelne Bilder, mit eigens trainierten Modellen, wurde nicht durchgeführt: Er kostet acht weitere Trainings und Löschungen.',
        images:
          'Auf die ganze Klasse durchgeführt, nach Fehler, Streuung und Sicherheit, und auf einzelne Bilder, mit eigens trainierten Modellen: siehe die Befunde.',
      },
      'attribute-inference':
        'Gefragt wird, ob sich aus den Antworten des Modells etwas über eine Person schließen lässt, und dieses Programm weiß nicht, was die Bilder über Personen sagen.',
      exfiltration:
        'Dabei geht es darum, Modell oder Daten von dort wegzukopieren, wo sie verwahrt werden, was keine Messung am Modell zeigen kann. Der Zugang zu beiden ist zu schützen.',
      regurgitation:
        'Ein Klassifikator antwortet mit einer Klasse und keinem Bild; er kann also kein Bild wiedergeben wie ein erzeugendes Modell. Was seine Antworten verraten, misst der Mitgliedschaftstest.',
      'model-inversion':
        'Ein Bild der Klasse aus den Gewichten zurückzulesen wurde nicht versucht. Wo sich die gelöschte Klasse an den inneren Merkmalen nicht mehr von anderen unterscheidet (siehe die Befunde), ist weniger zu lesen.',
      reconstruction:
        'Einzelne Trainingsbilder aus den Gewichten wiederherzustellen wurde nicht versucht. Bekannt ist es vor allem von kleinen Netzen, die mit wenigen Bildern trainiert wurden.',
    },
    outside: ({ recipients, locations }) => [
      recipients === null
        ? 'Empfänger: Wem die Daten oder das Modell offengelegt wurden, ist nicht eingetragen. Ihnen ist die Löschung mitzuteilen, es sei denn, das ist unmöglich oder mit unverhältnismäßigem Aufwand verbunden (DSGVO, Artikel 19).'
        : recipients.all === 0
          ? 'Empfänger: Es sind keine eingetragen. Wem die Daten oder das Modell offengelegt wurden, dem ist die Löschung mitzuteilen (DSGVO, Artikel 19).'
          : recipients.notified === recipients.all
            ? `Empfänger: Allen eingetragenen (${String(recipients.all)}) wurde die Löschung mitgeteilt (DSGVO, Artikel 19).`
            : `Empfänger: ${String(recipients.all - recipients.notified)} von ${String(recipients.all)} eingetragenen ist die Löschung noch mitzuteilen (DSGVO, Artikel 19).`,
      locations === null || locations.all === 0
        ? 'Kopien, Sicherungen, abgeleitete Modelle und die ursprünglichen Gewichte: Wo sie sind, ist nicht eingetragen. Hier wird nichts über sie gesagt; in jeder davon ist die Klasse noch enthalten.'
        : locations.decided === locations.all
          ? `Kopien, Sicherungen, abgeleitete Modelle und die ursprünglichen Gewichte: Für alle eingetragenen (${String(locations.all)}) ist entschieden, was mit ihnen geschieht. Dass es geschehen ist, wird hier nicht bewiesen.`
          : `Kopien, Sicherungen, abgeleitete Modelle und die ursprünglichen Gewichte: Für ${String(locations.all - locations.decided)} von ${String(locations.all)} eingetragenen ist noch zu entscheiden, was mit ihnen geschieht. In jeder davon ist die Klasse noch enthalten.`,
      'Die Bilder selbst, wo sie erhoben oder aufbewahrt werden, berührt diese Löschung nicht.',
    ],
  },

  title: 'Löschzertifikat',
  documentTitle: (id) => `Löschzertifikat ${id}`,
  attachment: 'Dieses Zertifikat, signiert, zum Lesen durch Programme',
  caseNumber: (id) => `Fall ${id}`,
  certificateNumber: (id) => `Zertifikat ${id}`,
  pageOf: (number, count) => `Seite ${String(number)} von ${String(count)}`,
  withoutNames: 'Form ohne Namen',
  lead: ({
    date,
    model,
    forget,
    more,
    forgetCount,
    forgetCountText,
    classCountText,
    read,
    readText,
  }) => [
    `Am ${date} wurde der Bildklassifikator `,
    ...(model === null ? [] : [{ strong: model }, ' ']),
    'dazu gebracht, ',
    ...forget.flatMap((name, place) => [
      place === 0 ? '' : place === forget.length - 1 && more === null ? ' und ' : ', ',
      { strong: name },
    ]),
    more === null ? '' : ` und ${more} weitere`,
    ` zu vergessen, ${forgetCountText} seiner ${classCountText} Klassen. Beim Löschen wurde${read > 1 ? 'n ' : ' '}`,
    read === 0
      ? `kein Bild ${forgetCount === 1 ? 'dieser Klasse' : 'dieser Klassen'} gelesen.`
      : `${readText} ${read === 1 ? 'Bild' : 'Bilder'} ${forgetCount === 1 ? 'dieser Klasse' : 'dieser Klassen'} gelesen.`,
  ],
  verdictIs: {
    PASS: 'Urteil: bestanden',
    FAIL: 'Urteil: nicht bestanden',
    INCONCLUSIVE: 'Urteil: offen',
  },
  figures: {
    forgotten: (count, text) =>
      count === 1 ? 'Gelöschte Klasse erkannt' : `${text} gelöschte Klassen erkannt`,
    others: (count, text) =>
      count === 1 ? 'Die andere Klasse erkannt' : `${text} andere Klassen erkannt`,
    read: 'Bilder gelöschter Klassen gelesen',
    before: (figure) => `zuvor: ${figure}`,
    whileErasing: 'beim Löschen',
  },
  notMeasured: 'nicht gemessen',
  chart: {
    heading: 'Erkennung jeder Klasse',
    before: 'zuvor',
    after: 'danach',
    toForget: 'gelöscht',
    noTestImages: 'keine Testbilder',
    classNumber: (index) => `Klasse ${String(index)}`,
    row: (name, before, after, isForgotten) =>
      `${name}${isForgotten ? ', gelöscht' : ''}: ${before} zuvor, ${after} danach.`,
    allForgotten:
      'Gezeigt sind alle gelöschten Klassen und von den übrigen die mit dem größten Verlust.',
    asManyAsFit: 'Gezeigt sind so viele Klassen, wie Platz haben.',
    leftForgotten: (count, before, after) =>
      `Nicht gezeigte gelöschte Klassen: ${count}, im Mittel von ${before} auf ${after}.`,
    leftOthers: (count, text, before, after) =>
      `${text} andere ${count === 1 ? 'Klasse, nicht gezeigt, ging' : 'Klassen, nicht gezeigt, gingen'} im Mittel von ${before} auf ${after}.`,
    listedInJson: 'Das angehängte JSON nennt jede Klasse.',
  },
  headings: {
    request: 'Das Ersuchen',
    measured: 'Was gemessen wurde',
    meaning: 'Was das bedeutet, und was nicht',
    attacks: 'Angriffe, die versucht wurden, und andere',
    outside: 'Was anderswo noch zu tun ist',
    done: 'Was getan wurde',
    reads: 'Bilder, die gelesen wurden',
    fingerprints: 'Fingerabdrücke (SHA-256)',
    proof: 'Im Protokoll',
    checking: 'Wie sich dieses Zertifikat prüfen lässt',
  },
  request: {
    labels: {
      reference: 'Aktenzeichen',
      received: 'Eingegangen',
      due: 'Zu beantworten bis',
      law: 'Recht und Grund',
      subject: 'Person',
      controller: 'Verantwortlicher',
      officer: 'Bearbeitung',
      reviewer: 'Prüfung',
      state: 'Stand des Falls',
      signed: 'Unterzeichnet',
      closed: 'Abgeschlossen',
      recipients: 'Empfänger',
      locations: 'Wo es sonst noch ist',
    },
    laws: { gdpr: 'DSGVO', ccpa: 'CCPA', own: 'Anderes Recht oder eigene Regel' },
    channels: {
      letter: 'per Brief',
      'e-mail': 'per E-Mail',
      form: 'per Formular',
      phone: 'per Telefon',
      'in-person': 'persönlich',
      other: 'auf anderem Weg',
    },
    states: {
      draft: 'Entwurf',
      ready: 'bereit',
      running: 'läuft',
      interrupted: 'unterbrochen',
      review: 'in Prüfung',
      accepted: 'angenommen',
      rejected: 'abgelehnt',
      closed: 'abgeschlossen',
    },
    outcomes: {
      erased: 'als gelöscht',
      refused: 'als verweigert',
      withdrawn: 'als zurückgezogen',
      abandoned: 'als aufgegeben',
    },
    roles: { officer: 'Bearbeitung', reviewer: 'Prüfung' },
    extended: 'verlängert',
    notSigned: 'Als das Zertifikat ausgestellt wurde, hatte niemand diesen Lauf unterzeichnet.',
    nothingEntered:
      'Zu einem Ersuchen ist nichts eingetragen: Der Lauf wurde ohne eines gestartet.',
    notified: (date) => `mitgeteilt am ${date}`,
    notNotified: 'noch nicht mitgeteilt',
    undecided: 'noch nicht entschieden',
    locationKinds: {
      copy: 'Kopie',
      backup: 'Sicherung',
      'derived-model': 'Abgeleitetes Modell',
      'original-weights': 'Ursprüngliche Gewichte',
    },
  },
  findings: {
    columns: { outcome: 'Ergebnis', finding: 'Befund', value: 'Gemessen', limit: 'Verlangt' },
    outcomes: {
      pass: 'Bestanden',
      fail: 'Nicht bestanden',
      open: 'Offen',
      openNeeded: 'Offen, aber nötig',
    },
    titles,
    interval: (low, high) => `95\u00a0%: ${low} bis ${high}`,
    samples: (count) => `aus ${count}`,
    exact: 'nichts war Stichprobe',
    atMost: (limit) => `höchstens ${limit}`,
    atLeast: (limit) => `mindestens ${limit}`,
    baselines: (original, reference) =>
      reference === null
        ? `Original: ${original}.`
        : `Original: ${original}. Ohne die Klasse trainiert: ${reference}.`,
    basis: {
      reference: 'nach einem ohne die Klasse trainierten Modell',
      original: 'nach dem Original',
      fixed: 'für jedes Modell gleich',
    },
    noLimit: 'keine Grenze',
    units: {
      points: (figure) => `${figure} Punkte`,
      bits: (figure) => `${figure} Bit`,
      steps: (figure) => `${figure} Schritte`,
    },
    reason: (english) => {
      const known = reasons.get(english);
      return { text: known ?? english, isEnglish: known === undefined };
    },
    fixedBefore: (entry) =>
      `Was die Befunde einhalten mussten, wurde vor dem Lauf festgelegt und steht als Eintrag ${String(entry)} im Protokoll.`,
  },
  attacks: {
    columns: { attack: 'Angriff', run: 'Durchgeführt', why: 'Wie, oder warum nicht' },
    names: {
      'membership-inference': 'Mitgliedschaftstest',
      'attribute-inference': 'Schluss auf Merkmale',
      exfiltration: 'Abfluss von Daten',
      regurgitation: 'Wiedergabe von Trainingsdaten',
      'model-inversion': 'Modellinversion',
      reconstruction: 'Rekonstruktion',
    },
    run: 'Ja',
    notRun: 'Nein',
    source: 'Die Angriffe, die der EDSA in seiner Stellungnahme 28/2024 nennt (Absatz 41).',
  },
  done: {
    labels: {
      run: 'Lauf',
      model: 'Modell',
      forget: 'Gelöscht',
      method: 'Verfahren',
      retainSample: 'Stichprobe',
      between: 'Zwischen den Phasen',
      account: 'Im Lauf entschieden',
      computedBy: 'Gerechnet von',
      took: 'Dauer',
      issuedBy: 'Ausgestellt von',
    },
    fromTo: (from, to) => `${from} bis ${to}`,
    model: (parameters, classes, format) =>
      `${parameters} Parameter, ${classes} Klassen, Format ${format}`,
    classNumber: (index) => `Klasse ${String(index)}`,
    moreInJson: (count) => `und ${count} weitere im angehängten JSON`,
    method: (recipe, seed, preprocessing) =>
      `Rezept „${recipe}“, Startwert ${seed}, Vorverarbeitung ${preprocessing}.`,
    retainSample: (images, classes, source) =>
      `${images} Bilder von ${classes} Klassen, die bleiben, aus ${source}`,
    sources: { idx: 'IDX-Dateien', 'image-folder': 'Bilderordnern' },
    between: (forget, retain) =>
      `nach dem Schwächen und vor dem Ausheilen: gelöschte Klassen ${forget}, übrige ${retain}`,
    computedBy: ({ software, accelerator, device, selfTest, processor, cores, memory, system }) =>
      `Lethe ${software}, Beschleuniger ${accelerator} ${device}, Selbsttest ${selfTest ? 'bestanden' : 'nicht bestanden'}; ${processor}, ${plural(cores, 'Kern', 'Kerne')}, ${memory} Speicher, ${system}`,
    threads: (count) => `mit ${plural(count, 'Thread', 'Threads')}`,
    graphicsCard: (name) => `auf der Grafikkarte ${name}`,
    imitatedCard: (name) => `auf einer vom Prozessor nachgebildeten Grafikkarte (${name})`,
    took: (phases, total, memory) =>
      `${phases.map((phase) => `${phase}, `).join('')}${total} insgesamt, das Messen eingeschlossen; höchstens ${memory} Speicher`,
    phases: {
      preprocessing: 'Wahl der Vorverarbeitung',
      noise: 'Rauschen',
      impair: 'Schwächen',
      unlearn: 'Verlernen',
      repair: 'Ausheilen',
      measure: 'Messen',
    },
    issuedBy: (version) => `Lethe ${version}`,
    inEnglish: 'Im Wortlaut des Programms: ',
  },
  reads: {
    columns: { phase: 'Phase', images: 'Bilder', ofForget: 'Von gelöschten Klassen' },
    whileErasing: 'Beim Löschen',
  },
  fingerprints: {
    before: 'Modell zuvor',
    after: 'Modell danach',
    reference: 'Referenzmodell',
    data: 'Daten',
    build: 'Programm',
    names: 'Namen',
    key: 'Schlüssel',
    noNames: 'Als dies ausgestellt wurde, waren die Namen des Falls schon vernichtet.',
  },
  proof: {
    ledger: 'Protokoll',
    entries: 'Einträge',
    entriesAre: (started, finished, issued, all) =>
      `Lauf begonnen ${started}, beendet ${finished}, Zertifikat ausgestellt ${issued}, von ${all}`,
    time: 'Zeiten',
    asserted: 'nach der Uhr dieser Maschine: Niemand sonst bürgt für sie',
    evidence: (by, time) => `dass der Lauf beendet war, sah ${by} am ${time}`,
    issued: 'Ausgestellt',
    checkpoint: 'Kontrollpunkt',
    spoken: 'Zum Vorlesen',
    qrCode: 'QR-Code',
    qrCodeSays: 'QR-Code des Kontrollpunkts, dessen Text daneben steht.',
  },
  checking: [
    'Der eigenständige Prüfer braucht nichts von Lethe und kein Netz: „node lethe-verify.mjs“ mit dieser Datei, oder lethe-verify.html in einem Browser. Er sagt, was bewiesen ist, was nicht, und was er nicht wissen kann.',
    'Mit „--model“ sagt er auch, ob ein Modell das nach der Löschung ist, mit „--export“ und „--checkpoint“, ob das Protokoll noch das ist, das dies ausgestellt hat.',
    'Das Zertifikat hängt an diesem PDF als JSON (RFC 8785), mit einer Ed25519-Signatur und seinem Beweis (RFC 9162): Beides können auch andere Programme prüfen.',
    'Der Schlüssel ist nur so viel wert wie Ihr Wissen, wem er gehört: Vergleichen Sie seinen Fingerabdruck oben mit einem, den Sie auf anderem Weg erhalten haben. Heben Sie den Kontrollpunkt auf, oder schreiben Sie seine Ziffern ab: Wer ihn hat, kann später sagen, ob das Protokoll gekürzt oder umgeschrieben wurde.',
  ],
  boxes:
    '\uFFFD steht für ein Zeichen, das die Schriften dieses Dokuments nicht haben oder das nicht zu sehen sein soll; das angehängte JSON enthält es.',
};
