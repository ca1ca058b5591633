import type { english } from './english.ts';
import { count, type Things } from './words.ts';

/*
 * One word for one thing, the same as on certificates:
 *
 *   request             Ersuchen                  ledger        Protokoll
 *   case                Fall                      entry         Eintrag
 *   controller          Verantwortlicher          checkpoint    Kontrollpunkt
 *   officer             Bearbeitung               witness       Zeuge
 *   reviewer            Prüfung                   certificate   Zertifikat
 *   erase, erasure      löschen, Löschung         run           Lauf
 *   forget              vergessen (das Modell)    method        Verfahren
 *   keep                behalten, bleiben         seed          Startwert
 *   impair, repair      schwächen, ausheilen      reference     Referenzmodell
 *   finding             Befund                    accelerator   Beschleuniger
 *   verdict             Urteil: bestanden, nicht bestanden, offen
 */

const things = (number: number, of: Things): string =>
  of === 'people' ? count(number, 'Person', 'Personen') : count(number, 'Klasse', 'Klassen');
const pictures = (number: number): string => count(number, 'Bild', 'Bilder');
/** After "in". */
const picturesIn = (number: number): string => count(number, 'Bild', 'Bildern');
const inDays = (number: number): string => count(number, 'Tag', 'Tagen');

export const german: typeof english = {
  common: {
    back: 'Zurück',
    continue: 'Weiter',
    cancel: 'Abbrechen',
    close: 'Schließen',
    save: 'Speichern',
    retry: 'Noch einmal',
    showDetails: 'Einzelheiten',
    hideDetails: 'Weniger',
    choose: 'Auswählen…',
    chooseOther: 'Andere wählen…',
    optional: 'freiwillig',
    loading: 'Einen Augenblick…',
    unsaved: 'Noch nicht gespeichert. „Weiter“ speichert.',
    problem: 'Etwas steht im Weg',
    forEngineers: 'Für die Technik',
    required: 'Nötig, bevor gelöscht werden kann.',
    bytes: (megabytes) => `${megabytes} MB`,
    more: (number) => `${number} weitere`,
    things,
    pictures,
  },

  problems: {
    'accelerator-failed':
      'Der gewählte Beschleuniger lässt sich auf diesem Rechner nicht verwenden. Wählen Sie in den Einstellungen einen anderen, oder keinen.',
    'accelerator-lost':
      'Die Grafikkarte hat mitten in der Arbeit aufgehört. Das ursprüngliche Modell ist unverändert. Starten Sie den Lauf noch einmal.',
    'all-classes-forgotten':
      'Das ist alles, was das Modell kennt; es bliebe nichts übrig. Lassen Sie mindestens eine Klasse, oder löschen Sie das Modell.',
    'bad-command':
      'Das geht so nicht, und es wurde nichts getan. Warum, steht in den Einzelheiten.',
    cancelled: 'Der Lauf wurde angehalten. Das ursprüngliche Modell ist unverändert.',
    'classes-do-not-match':
      'Die Ordner der Bilder heißen anders als die Klassen des Modells. Benennen Sie sie so, wie das Modell sie nennt.',
    'corrupt-model':
      'Die Datei des Modells ist beschädigt oder unvollständig. Nehmen Sie eine andere Kopie.',
    'disk-failed':
      'Es lässt sich dort nichts schreiben. Wählen Sie einen anderen Ordner, oder schaffen Sie Platz.',
    diverged:
      'Beim Trainieren ist der Fehler des Modells keine Zahl mehr geblieben; was daraus wurde, ist unbrauchbar. Es wurde nichts geschrieben. Wählen Sie ein anderes Verfahren, oder einen anderen Startwert.',
    'engine-died':
      'Der rechnende Teil von Lethe ist unerwartet ausgefallen. Das ursprüngliche Modell ist unverändert; der Lauf kann noch einmal gestartet werden.',
    'engine-silent':
      'Der rechnende Teil von Lethe hat kein Lebenszeichen mehr gegeben und wurde beendet. Das ursprüngliche Modell ist unverändert; der Lauf kann noch einmal gestartet werden.',
    'images-do-not-fit': 'Die Bilder haben eine andere Größe, als das Modell sie nimmt.',
    internal:
      'Lethe hatte einen Fehler, der nicht vorgesehen war. Es wurde nichts verändert; bitte melden Sie die Einzelheiten.',
    'ledger-failed':
      'Das Protokoll lässt sich nicht öffnen, lesen oder fortschreiben. Warum, steht in den Einzelheiten.',
    'no-forget-images':
      'Dieses Verfahren lernt aus Bildern dessen, was gelöscht werden soll, und es gibt keine. Wählen Sie ein anderes.',
    'no-retain-images':
      'Es gibt keine Bilder dessen, was bleiben soll, oder nicht von allem; ohne sie lässt sich das Modell so nicht ausheilen oder neu trainieren. Wählen Sie ein anderes Verfahren.',
    'no-such-file': 'Dort ist keine Datei und kein Ordner, der sich lesen lässt.',
    'no-test-images':
      'Es gibt keine Testbilder dessen, was bleiben soll. Legen Sie welche unter test/<Name>/ ab.',
    'out-of-memory':
      'Der Speicher dieses Rechners reicht nicht. Schließen Sie andere Programme, oder nehmen Sie einen größeren Rechner.',
    'output-exists':
      'Dort liegt schon etwas, und nichts wird überschrieben. Wählen Sie einen anderen Ordner.',
    'poor-preprocessing':
      'Das Modell erkennt diese Bilder nicht, wie auch immer sie vorbereitet werden. Sind es die Bilder, für die es gemacht wurde?',
    'single-class-model': 'Dieses Modell kennt nur eine Klasse; es bliebe nichts übrig.',
    'unfit-reference':
      'Das Referenzmodell wurde nicht ohne die gelöschte Klasse trainiert, oder es erkennt die übrigen zu schlecht, etwa weil es aus zu wenigen Bildern trainiert wurde. Nehmen Sie ein anderes, oder keines.',
    'unknown-class': 'Das Modell kennt keine Klasse dieses Namens.',
    'unknown-preprocessing': 'Diese Vorverarbeitung kennt Lethe nicht.',
    'unreadable-data': 'Ein Bild lässt sich nicht lesen. Die Einzelheiten nennen es.',
    'unsupported-layer': 'Das Modell hat eine Schicht, mit der Lethe nicht umgehen kann.',
    'unsupported-model':
      'Das ist kein Modell, das Lethe öffnen kann. Wählen Sie eine ONNX-Datei, oder den Ordner eines TensorFlow.js-Modells.',
    'unsupported-operator': 'Das Modell enthält eine Rechenart, mit der Lethe nicht umgehen kann.',
  },

  lost: {
    title: 'Lethe wurde beendet',
    text: 'Der Teil von Lethe, der das Protokoll führt, läuft nicht mehr. Ein Lauf, der im Gange war, wurde angehalten; so steht es im Protokoll, und das ursprüngliche Modell ist unverändert. Starten Sie Lethe noch einmal.',
    reload: 'Neu verbinden',
  },

  shell: {
    skip: 'Zum Inhalt springen',
    navigation: 'Hauptmenü',
    steps: 'Schritte dieses Ersuchens',
    allRequests: 'Alle Ersuchen',
    requests: 'Ersuchen',
    ledger: 'Protokoll',
    settings: 'Einstellungen',
    newRequest: 'Neues Ersuchen',
    untitled: 'Ersuchen ohne Aktenzeichen',
    received: (date) => `eingegangen am ${date}`,
    due: (date) => `zu beantworten bis ${date}`,
    offline: 'Ohne Netz. Nichts verlässt diesen Rechner.',
    stepDone: 'erledigt',
    stepOf: (number, of) => `Schritt ${number} von ${of}`,
    step: {
      request: 'Ersuchen',
      model: 'Modell',
      data: 'Bilder',
      classes: 'Klassen',
      run: 'Lauf',
      review: 'Ergebnis',
      certificate: 'Zertifikat',
    },
  },

  ledgerState: {
    whole: (entries, when) =>
      `Protokoll: ${count(entries, 'Eintrag', 'Einträge')}, geprüft ${when}`,
    unverified: (entries) =>
      `Protokoll: ${count(entries, 'Eintrag', 'Einträge')}, noch nicht geprüft`,
    broken: 'Das Protokoll hält der Prüfung nicht stand',
    wholeSentence: (entries, when) =>
      entries === 1
        ? `Das Protokoll ist unversehrt: Sein einer Eintrag steht an seinem Platz und ist signiert. Geprüft ${when}.`
        : `Das Protokoll ist unversehrt: Alle ${entries} Einträge stehen an ihrem Platz und sind signiert. Geprüft ${when}.`,
    brokenSentence: (entry) =>
      entry === null
        ? 'Das Protokoll wurde von etwas anderem als Lethe verändert.'
        : `Das Protokoll wurde von etwas anderem als Lethe verändert. Der erste falsche Eintrag ist Nummer ${entry}.`,
  },

  state: {
    draft: 'Entwurf',
    ready: 'Bereit',
    running: 'Läuft',
    interrupted: 'Unterbrochen',
    review: 'Zu prüfen',
    accepted: 'Angenommen',
    rejected: 'Abgelehnt',
    closed: 'Abgeschlossen',
  },
  outcome: {
    erased: 'Abgeschlossen',
    refused: 'Verweigert',
    withdrawn: 'Zurückgezogen',
    abandoned: 'Beendet',
  },

  due: {
    in: (number) => `fällig in ${inDays(number)}`,
    today: 'heute fällig',
    tomorrow: 'morgen fällig',
    overdue: (number) => `seit ${inDays(number)} überfällig`,
    none: 'noch keine Frist',
  },

  start: {
    title: 'Ersuchen',
    lead: 'Jedes Ersuchen bringt ein Modell zum Vergessen und endet mit einem Zertifikat.',
    emptyTitle: 'Ein Modell vergessen lassen, und es beweisen',
    emptyLead:
      'Lethe nimmt ein Modell, das Menschen oder Dinge erkennt, und lässt es die vergessen, um die es in einem Ersuchen geht. Es misst, wie gut das gelungen ist, und führt ein Protokoll, das noch nach Jahren Bestand hat.',
    emptySteps: [
      'Sie tragen das Ersuchen ein und wählen das Modell und einige Bilder.',
      'Sie wählen, wen oder was das Modell vergessen soll.',
      'Lethe löscht, misst und sagt, was es gefunden hat. Sie entscheiden und unterzeichnen.',
    ],
    newRequest: 'Neues Ersuchen',
    trySample: 'Beispiel ausprobieren',
    sampleHint:
      'Das Beispiel ist ein Modell, das 24 erfundene Personen erkennt. Es dauert etwa eine Minute.',
    open: 'Offen',
    closed: (number) => `Abgeschlossen (${number})`,
    noOpen: 'Kein Ersuchen ist offen.',
    sample: 'Beispiel',
    forgets: (names) => `zu vergessen: ${names}`,
    nothingChosen: 'noch nichts gewählt',
    interrupted: (cases) =>
      `Lethe oder dieser Rechner wurde während eines Laufs von ${cases} beendet. So steht es im Protokoll, und das ursprüngliche Modell ist unverändert. Der Lauf kann noch einmal gestartet werden.`,
    overdueTitle: (requests) =>
      `Die Namen von ${requests} werden länger aufbewahrt als vorgesehen.`,
    overdueText: 'Die Zeit, für die sie aufzubewahren waren, ist vorüber.',
    destroyNames: 'Namen vernichten …',
    destroyTitle: (requests) => `Die Namen von ${requests} vernichten?`,
    destroyText:
      'Wer ersucht hat, wer gelöscht wurde, wer unterzeichnet hat, und alle Notizen: niemand kann es mehr sagen, und es gibt keinen Weg zurück. Auch die neuen Modelle und die Zertifikate mit Namen im Datenordner gehen verloren; was anderswo gespeichert wurde, bleibt. Protokoll und Zertifikate ohne Namen lassen sich prüfen wie zuvor.',
    destroyConfirm: 'Namen vernichten',
  },

  request: {
    title: 'Worum wird ersucht?',
    lead: 'Was Sie hier eintragen, wird Teil der Akte. Was Sie jetzt auslassen, können Sie ergänzen, bis die Löschung unterzeichnet ist.',
    aboutRequest: 'Das Ersuchen',
    reference: 'Aktenzeichen',
    referenceHint: 'Unter dem Sie das Ersuchen führen, etwa 2026-0114.',
    received: 'Eingegangen am',
    channel: 'Auf welchem Weg',
    channels: {
      letter: 'Per Brief',
      'e-mail': 'Per E-Mail',
      form: 'Per Formular',
      phone: 'Per Telefon',
      'in-person': 'Persönlich',
      other: 'Auf anderem Weg',
    },
    pleaseChoose: 'Bitte wählen',
    aboutLaw: 'Das Recht, auf das es sich stützt',
    law: { gdpr: 'DSGVO', ccpa: 'CCPA', own: 'Ein anderes' },
    lawHint: {
      gdpr: 'Ein Monat zur Antwort, mit Grund zwei weitere',
      ccpa: '45 Tage zur Antwort, mit Mitteilung 45 weitere',
      own: 'Die Frist geben Sie selbst an',
    },
    ground: 'Rechtsgrundlage',
    groundHint: 'Die Vorschrift oder der Grund.',
    grounds: {
      gdpr: [
        'Artikel 17 Abs. 1 lit. a: nicht mehr notwendig',
        'Artikel 17 Abs. 1 lit. b: Einwilligung widerrufen',
        'Artikel 17 Abs. 1 lit. c: Widerspruch',
        'Artikel 17 Abs. 1 lit. d: unrechtmäßig verarbeitet',
        'Artikel 17 Abs. 1 lit. e: rechtliche Verpflichtung',
        'Artikel 17 Abs. 1 lit. f: Einwilligung eines Kindes',
      ],
      ccpa: ['§ 1798.105: Recht auf Löschung'],
      own: ['Hausregel'],
    },
    due: 'Zu beantworten bis',
    dueIs: (date, when) => `Zu beantworten bis ${date}, ${when}.`,
    dueUnknown: 'Wählen Sie das Recht und den Tag des Eingangs, dann ergibt sich die Frist.',
    extend: 'Die Frist verlängern',
    extensionHint:
      'Das ist der betroffenen Person mit der Begründung mitzuteilen, bevor die erste Frist abläuft.',
    extensionDecided: 'Entschieden am',
    extensionReason: 'Begründung',
    aboutPerson: 'Die betroffene Person',
    subject: 'Pseudonymes Kennzeichen',
    subjectHint:
      'Eine Nummer, die nur in Ihren eigenen Akten sagt, um wen es geht. Sie bleibt auf Dauer erhalten.',
    subjectWarning:
      'Das sieht aus, als nenne es eine Person. Nehmen Sie ein Kennzeichen, das nur in Ihren eigenen Akten sagt, um wen es geht.',
    aboutYou: 'Wer dafür einsteht',
    controller: 'Verantwortlicher',
    controllerHint: 'Die Stelle, wie Zertifikate sie nennen sollen.',
    officer: 'Bearbeitung',
    officerHint: 'Wer das Ersuchen bearbeitet.',
    twoPersons: 'Eine zweite Person unterzeichnet auch',
    twoPersonsHint: 'Sie prüft das Ergebnis nach der Bearbeitung und ist jemand anderes.',
    reviewer: 'Prüfung',
    notes: 'Notizen',
    notesHint: 'Verschlüsselt beim Fall aufbewahrt, nie im Protokoll.',
    missing: (fields) => `Vor der Löschung noch nötig: ${fields}.`,
    complete: 'Alles, was die Akte braucht, ist da.',
    fields: {
      request: 'Aktenzeichen',
      received: 'Tag des Eingangs',
      channel: 'auf welchem Weg',
      law: 'Recht',
      ground: 'Rechtsgrundlage',
      givenDue: 'Frist',
      subject: 'pseudonymes Kennzeichen',
      controller: 'Verantwortlicher',
      officer: 'Bearbeitung',
      reviewer: 'Prüfung',
    },
    locked:
      'Dieser Fall ist unterzeichnet oder abgeschlossen; seine Angaben bleiben, wie sie sind.',
  },

  ending: {
    begin: 'Ohne Löschung beenden…',
    title: 'Dieses Ersuchen ohne Löschung beenden?',
    text: 'Kein Modell wird verändert. Das Ersuchen wird abgeschlossen, und die Akte sagt, wie es endete. Sie können es wieder aufnehmen.',
    how: 'Wie es endet',
    ways: {
      refused: {
        name: 'Es wird verweigert',
        hint: 'Es wird nicht gelöscht. Der Person ist innerhalb der Frist zu sagen, warum, und dass sie sich beschweren kann.',
      },
      withdrawn: { name: 'Es wurde zurückgezogen', hint: 'Die Person verlangt es nicht mehr.' },
      abandoned: {
        name: 'Niemand hat es verlangt',
        hint: 'Es war ein Versuch, ein Irrtum, oder ist doppelt.',
      },
    },
    reason: 'Grund',
    reasonHint:
      'Verschlüsselt beim Fall aufbewahrt, nie im Protokoll. Eine Verweigerung braucht einen.',
    confirm: 'Ersuchen beenden',
    ended: {
      refused: (date) => `Dieses Ersuchen wurde am ${date} verweigert`,
      withdrawn: (date) => `Dieses Ersuchen wurde am ${date} zurückgezogen`,
      abandoned: (date) => `Dieses Ersuchen wurde am ${date} beendet, da es niemand verlangt hat`,
    },
    kept: (date) => `Nichts wurde gelöscht. Die Namen werden bis ${date} behalten.`,
    ledgerHint: 'Im Protokoll steht, wie es endete, ohne jeden Namen.',
    takeUpAgain: 'Wieder aufnehmen',
    takenUpReason: 'Wieder aufgenommen, nachdem es ohne Löschung geendet hatte',
  },

  drop: {
    here: 'Hier ablegen, oder',
    dropNow: 'Loslassen zum Übernehmen',
    choose: 'auswählen…',
    pathLabel: 'Wo es liegt',
    pathHint: 'Oder den Pfad eingeben.',
    use: 'Nehmen',
    searching: (name) => `${name} wird auf diesem Rechner gesucht…`,
    foundOne: 'Ist es das hier?',
    foundMany: 'Welches davon ist es?',
    foundNone: (name) =>
      `Ein Browser verrät nicht, wo etwas Abgelegtes liegt, und ${name} war in Ihrem persönlichen Ordner nicht zu finden. Wählen Sie es stattdessen aus.`,
    notAPath: 'Legen Sie eine Datei oder einen Ordner ab.',
  },

  browse: {
    title: {
      model: 'Ein Modell auswählen',
      folder: 'Einen Ordner auswählen',
      file: 'Eine Datei auswählen',
    },
    places: {
      home: 'Persönlich',
      desktop: 'Schreibtisch',
      documents: 'Dokumente',
      downloads: 'Downloads',
      root: 'Rechner',
    },
    up: 'Eine Ebene höher',
    empty: 'In diesem Ordner ist nichts.',
    more: (number) => `und ${number} weitere, nicht gezeigt`,
    chooseThis: 'Diesen Ordner nehmen',
    folder: 'Ordner',
    file: 'Datei',
  },

  model: {
    title: 'Welches Modell soll vergessen?',
    lead: 'Die Datei wird nie verändert: Lethe arbeitet an einer Kopie.',
    dropTitle: 'Eine ONNX-Datei, oder der Ordner eines TensorFlow.js-Modells',
    reading: 'Das Modell wird gelesen…',
    recognises: (number, of, size, colour) =>
      `Es erkennt ${things(number, of)} auf ${colour ? 'farbigen' : 'grauen'} Bildern von ${size}.`,
    namesInside: 'Es trägt die Namen dessen, was es erkennt, in sich.',
    noNames: (number) =>
      `Es trägt keine Namen in sich. Sie kommen aus den Ordnern Ihrer Bilder; das müssen alle ${number} sein, in alphabetischer Reihenfolge.`,
    fingerprint: 'Fingerabdruck',
    fingerprintHint: 'SHA-256 der Datei. Damit benennt das Zertifikat das Modell.',
    format: 'Format',
    formats: { onnx: 'ONNX', 'tfjs-layers': 'TensorFlow.js Layers' },
    architecture: 'Aufbau',
    parameters: 'Trainierbare Zahlen',
    path: 'Wo es liegt',
    refused: 'Dieses Modell kann Lethe nicht verwenden',
    next: 'Als Nächstes die Bilder.',
  },

  data: {
    title: 'Welche Bilder haben Sie?',
    lead: 'Lethe braucht einige dessen, was bleiben soll, um das Modell auszuheilen, und andere zum Messen.',
    dropTitle: 'Ein Ordner mit einem Ordner voller Bilder für jede Klasse',
    dropHint:
      'Am besten zweigeteilt: train/<Name>/ und test/<Name>/. Auch die Dateien von MNIST gehen.',
    reading: 'Die Bilder werden durchgesehen…',
    summary: (classes, train, test) => `${classes}: ${train} zum Lernen und ${test} zum Messen.`,
    allMatch: (number, of) => `Alle ${things(number, of)} kennt das Modell.`,
    misfit: (model, data) => `Das Modell hat ${model} Klassen, und es gibt ${data} Ordner.`,
    misfitHint:
      'Das Modell trägt keine Namen in sich; die Ordner müssen daher alle seine Klassen sein, in derselben alphabetischen Reihenfolge. Eine Klasse ohne Bilder braucht einen leeren Ordner.',
    strangers: (names) => `Das Modell kennt ${names} nicht.`,
    strangersHint:
      'Benennen Sie diese Ordner so, wie das Modell seine Klassen nennt, und sehen Sie noch einmal nach. Soll gerade diese Person gelöscht werden: Das Modell hat nie gelernt, sie zu benennen, und es gibt keine Klasse von ihr zu löschen.',
    without: (names) => `Es gibt keine Bilder von ${names}.`,
    withoutHint:
      'Was ein Lauf mit ihnen macht, lässt sich nicht messen, und das Modell kann verlieren, was es von ihnen weiß.',
    trying: 'Es wird herausgefunden, wie das Modell seine Bilder braucht…',
    tryingHint: 'Ihm werden einige gezeigt, auf jede der üblichen Arten vorbereitet.',
    fits: (percent) => `Das Modell erkennt ${percent} der Testbilder.`,
    fitsHint: (way) => `Vorbereitet ${way}: So passen sie am besten.`,
    preprocessing: {
      'zero-to-one': 'mit Werten von 0 bis 1',
      'minus-one-to-one': 'mit Werten von −1 bis 1',
      imagenet: 'wie für ImageNet',
      cifar10: 'wie für CIFAR-10',
      custom: 'wie angegeben',
    },
    trials: 'Was probiert wurde',
    trialsOf: 'richtig bei einer Stichprobe',
    resize: 'Die Bilder auf die Größe bringen, die das Modell nimmt',
    ownPreprocessing: 'Anders vorbereiten',
    ownPreprocessingHint:
      'Wer das Modell trainiert hat, weiß es. Etwa custom:mean=0.5,0.5,0.5;std=0.2,0.2,0.2',
    apply: 'Anwenden',
    tooFew: (number) =>
      `Von jeder gibt es ${pictures(number)} zum Messen. Für ein Urteil braucht es etwa 73 dessen, was gelöscht wird; mit weniger kann es bestenfalls „offen“ lauten.`,
    noTest:
      'Es gibt keine Testbilder; es ließe sich nichts messen. Legen Sie welche unter test/<Name>/ ab.',
    noTrain:
      'Es gibt keine Bilder zum Lernen; das Modell ließe sich nicht ausheilen. Legen Sie welche unter train/<Name>/ ab.',
    counts: 'Bilder von jeder',
    count: (train, test) => `${train} + ${test}`,
    countLong: (train, test) => `${train} zum Lernen, ${test} zum Messen`,
    lookAgain: 'Noch einmal nachsehen',
    refused: 'Diese Bilder kann Lethe nicht verwenden',
    next: 'Als Nächstes, wen das Modell vergessen soll.',
  },

  classes: {
    titlePeople: 'Wen soll das Modell vergessen?',
    titleClasses: 'Was soll das Modell vergessen?',
    lead: (number, of) =>
      `Das Modell erkennt ${things(number, of)}. Wählen Sie ${of === 'people' ? 'alle, um die' : 'alles, um das'} es in diesem Ersuchen geht.`,
    search: (number, of) => `${things(number, of)} durchsuchen`,
    noneFound: (query) => `Nichts heißt „${query}“.`,
    recognised: (percent) => `erkannt ${percent}`,
    notMeasured: 'nicht gemessen',
    noPicture: 'kein Bild',
    erase: 'Löschen',
    chosen: (number) => `${number} gewählt.`,
    effect:
      'Das Modell wird sie nicht mehr erkennen. Kein Bild von ihnen ist nötig, und keines wird gelesen.',
    effectOne: (of) =>
      of === 'people'
        ? 'Das Modell wird sie nicht mehr erkennen. Kein Bild von ihr ist nötig, und keines wird gelesen.'
        : 'Das Modell wird sie nicht mehr erkennen. Kein Bild davon ist nötig, und keines wird gelesen.',
    chooseOne: 'Wählen Sie mindestens eine.',
    keepOne:
      'Das ist alles, was das Modell kennt. Lassen Sie mindestens eine, oder löschen Sie das Modell.',
    showChosen: 'Nur gewählte',
    clear: 'Leeren',
    notListed: 'Nicht in der Liste?',
    notListedText:
      'Lethe löscht, was ein Modell benennen kann. Wer nicht in dieser Liste steht, ist keine Klasse des Modells: Seine Bilder mögen beim Training verwendet worden sein, aber es gibt keine Klasse zu löschen, und ein Zertifikat über eine andere Klasse sagte über diese Person nichts. Da hilft, die Bilder zu löschen und das Modell neu zu trainieren.',
    list: 'Was das Modell erkennt',
  },

  run: {
    readyTitle: (names) => `Bereit, ${names} zu löschen`,
    readyLead:
      'Lethe macht eine Kopie des Modells, verändert sie, bis die Klasse verschwunden ist, heilt das Übrige aus und misst beides. Das Original bleibt unberührt.',
    facts: {
      model: 'Modell',
      pictures: 'Bilder zum Lernen',
      forget: 'Zu löschen',
      keep: 'Bleibt',
      keepCount: things,
    },
    start: 'Jetzt löschen',
    startHint: 'Von hier an hält das Protokoll fest, was geschieht.',
    missingTitle: 'Die Akte ist noch nicht vollständig',
    missing: (fields) => `Tragen Sie zuerst ein: ${fields}.`,
    goToRequest: 'Zum Ersuchen',
    otherSettings: 'Andere Einstellungen',
    method: 'Verfahren',
    methodAuto: 'Was am besten zu den Bildern passt',
    methodAutoHint: 'Empfohlen. Lethe sagt, welches es war und warum.',
    methods: {
      adaptive: 'Mit Rauschen löschen, mit dem ausheilen, was bleibt',
      paper: 'Dasselbe, genau wie veröffentlicht',
      retrain: 'Ohne sie neu trainieren',
      'fine-tune': 'Weitertrainieren mit dem, was bleibt',
      'negative-gradient': 'Mit Bildern davon verlernen',
      'masked-distillation': 'Antworten lernen, als hätte es sie nie gekannt',
      'class-impressions': 'Dasselbe, aus Bildern, die aus dem Modell gemacht sind',
    },
    methodHints: {
      adaptive:
        'UNSIR mit Lernraten, die es selbst findet. Liest kein Bild dessen, was gelöscht wird.',
      paper: 'UNSIR aufs Wort. Kann das Modell das meiste kosten, was es wusste.',
      retrain: 'Der Maßstab, und das Teuerste. Braucht alle Bilder, die bleiben.',
      'fine-tune': 'Behutsam, und selten genug.',
      'negative-gradient': 'Liest Bilder dessen, was gelöscht wird.',
      'masked-distillation': 'Liest Bilder dessen, was gelöscht wird, und braucht keine anderen.',
      'class-impressions': 'Braucht keine Bilder zum Lernen, nur einige zum Messen.',
    },
    reference: 'Womit das Ergebnis verglichen wird',
    references: {
      none: 'Mit dem Modell, wie es jetzt ist',
      given: 'Mit einem Modell, das Sie haben und das ohne sie trainiert wurde',
      retrained: 'Mit einem Modell, das Lethe ohne sie trainiert',
    },
    referenceHints: {
      none: 'Zeigt, dass deutlich weniger davon übrig ist als jetzt, und behauptet nicht mehr.',
      given:
        'Zeigt, dass, in Grenzen, so wenig übrig ist wie in einem Modell, das sie nie gesehen hat.',
      retrained:
        'Zeigt dasselbe. Braucht alle Bilder dessen, was bleibt, mit denen das Modell trainiert wurde, und etwa so viel Zeit wie das Training.',
    },
    referenceModel: 'Das Modell, das ohne sie trainiert wurde',
    referenceMissing:
      'Wählen Sie das Modell zum Vergleichen, oder vergleichen Sie mit dem Modell, wie es jetzt ist.',
    attack: 'Wie Bilder angegriffen werden',
    attacks: { all: 'Alle gemeinsam', each: 'Auch jedes einzeln' },
    attackHints: {
      all: 'Ob Fehler, Zweifel oder Sicherheit verraten, woraus das Modell gelernt hat.',
      each: 'Die strengste Prüfung, die es gibt: mit acht Modellen, jedes mit der Hälfte der Bilder des zu Löschenden trainiert, das es dann vergisst. Braucht alle Bilder, mit denen das Modell trainiert wurde, und achtmal die Zeit zum Trainieren und Löschen.',
    },
    seed: 'Startwert',
    seedHint: 'Derselbe Startwert ergibt dasselbe Ergebnis, Bit für Bit.',
    title: (names) => `${names} wird gelöscht`,
    cancelling: 'Wird angehalten',
    preparing: 'Vorbereitung',
    leave: 'Sie können diese Seite verlassen: Der Lauf geht weiter.',
    phase: {
      loading: 'Das Modell wird geöffnet',
      preprocessing: 'Es wird herausgefunden, wie das Modell seine Bilder braucht',
      'training-reference': 'Zum Vergleich wird ein Modell ohne sie trainiert',
      'training-shadow-models': 'Für den Angriff auf jedes Bild werden Modelle trainiert',
      'measuring-before': 'Das Original wird gemessen',
      'measuring-reference': 'Das Referenzmodell wird gemessen',
      'fixing-thresholds': 'Es wird festgelegt, was verlangt wird, bevor etwas verändert wird',
      noise: 'Es wird gelernt, was dem zu Löschenden am wenigsten gleicht',
      impair: 'Es wird gelöscht',
      'measuring-impaired': 'Es wird nachgesehen, was übrig ist',
      repair: 'Was bleibt, wird ausgeheilt',
      unlearn: 'Es wird verlernt',
      'measuring-after': 'Das Ergebnis wird gemessen',
      relearning: 'Es wird versucht, ob es zu leicht wieder gelernt wird',
      judging: 'Es wird geurteilt',
      saving: 'Das neue Modell wird gespeichert',
      train: 'Es wird trainiert',
    },
    secondsLeft: (time) => `noch etwa ${time}`,
    seconds: (number) => count(number, 'Sekunde', 'Sekunden'),
    minutes: (number) => count(number, 'Minute', 'Minuten'),
    hours: (number) => count(number, 'Stunde', 'Stunden'),
    chart: 'Wie gut es erkennt',
    chartKept: 'was bleibt',
    chartForgotten: 'was gelöscht wird',
    chartNote:
      'Was gelöscht wird, wird dem Modell beim Löschen nicht gezeigt. Darum hat es zwei Punkte: vorher und nachher.',
    chartErasing: 'Löschen',
    chartDescription: (kept, gone) =>
      `Von dem, was bleibt, wird ${kept} erkannt; von dem, was gelöscht wird, ${gone}.`,
    cancel: 'Anhalten',
    cancelTitle: 'Diesen Lauf anhalten?',
    cancelText:
      'Was bisher getan wurde, wird verworfen, und das Protokoll hält fest, dass der Lauf angehalten wurde. Das ursprüngliche Modell ist unverändert. Sie können noch einmal beginnen.',
    cancelConfirm: 'Lauf anhalten',
    cancelKeep: 'Weitermachen',
    failedTitle: 'Der Lauf kam nicht ans Ende',
    cancelledTitle: 'Der Lauf wurde angehalten',
    interruptedTitle: 'Der Lauf wurde unterbrochen',
    unchanged: 'Das ursprüngliche Modell ist unverändert, und der Lauf steht im Protokoll.',
    notBegun:
      'Das ursprüngliche Modell ist unverändert. Das Löschen hatte nicht begonnen, also steht nichts im Protokoll.',
    again: 'Noch einmal',
    doneTitle: 'Der Lauf ist beendet',
    doneLead: 'Das Ergebnis ist gemessen. Sehen Sie es an, bevor Sie entscheiden.',
    toReview: 'Zum Ergebnis',
    otherRun: 'Ein anderes Ersuchen läuft gerade. Dieser Rechner rechnet eines nach dem anderen.',
    notices: 'Was aufgefallen ist',
  },

  review: {
    title: { PASS: 'Bestanden', FAIL: 'Nicht bestanden', INCONCLUSIVE: 'Offen' },
    heading: {
      PASS: (names) => `Bestanden: Das Modell hat ${names} vergessen`,
      FAIL: (names) => `Nicht bestanden: Das Modell hat ${names} nicht vergessen, wie es sollte`,
      INCONCLUSIVE: (names, number) =>
        `Offen: Es ist nicht sicher, dass ${names} vergessen ${number === 1 ? 'ist' : 'sind'}`,
    },
    summary: {
      PASS_reference:
        'Alles, was verlangt war, ist eingehalten: Vom Gelöschten lässt sich, bis auf das vorher festgelegte Maß, so wenig finden wie in einem Modell, das es nie sah.',
      PASS_original:
        'Alles, was verlangt war, ist eingehalten. Ein ohne das Gelöschte trainiertes Modell stand nicht zum Vergleich; darum ist dies die schwächere Aussage.',
      FAIL: (number) =>
        `${count(number, 'Befund hält', 'Befunde halten')} nicht ein, was vor dem Lauf festgelegt wurde.`,
      INCONCLUSIVE: (number) =>
        `Nichts, was gemessen wurde, ist durchgefallen, aber ${count(number, 'Befund ließ', 'Befunde ließen')} sich nicht sicher entscheiden.`,
    },
    outcome: {
      pass: 'Bestanden',
      fail: 'Nicht bestanden',
      open: 'Offen',
      'not-run': 'Nicht gemessen',
    },
    findings: 'Was gemessen wurde',
    inCertificate: 'steht im Zertifikat',
    erased: 'das Gelöschte',
    finding: {
      'forget-accuracy': ({ hits, samples, who }) =>
        `Erkennt ${who} auf ${hits} von ${picturesIn(samples)}`,
      'worst-forget-class': ({ value }) =>
        `Erkennt vom Gelöschten das, was es am besten kennt, auf ${value} der Bilder`,
      'retain-accuracy': ({ value, samples }) =>
        `Erkennt das Übrige noch auf ${value} von ${picturesIn(samples)}`,
      'worst-retain-class': ({ value }) =>
        `Vom Übrigen verlor das, was am meisten verlor, ${value}`,
      'neighbour-classes': ({ value }) =>
        `Erkennt das, was dem Gelöschten am meisten gleicht, zu ${value}`,
      'score-separation': ({ tries, who }) =>
        `Über bloßen Zweifel hinaus unterscheidet seine Punktzahl für ${who} Bilder in ${tries} von 100 Versuchen`,
      'linear-probe': ({ value, who }) =>
        `Spuren im Inneren verraten ${who} auf ${value} der Bilder`,
      'worst-probe-class': ({ value }) =>
        `Einzeln verraten Spuren im Inneren jedes höchstens ${value} öfter als im Modell, mit dem verglichen wird`,
      prototypes: ({ value }) =>
        `Mit zehn Bildern des Gelöschten fände es ${value} der übrigen wieder`,
      'membership-loss': ({ tries }) =>
        `Ein Angreifer, der sich an Fehler hält, rät in ${tries} von 100 Versuchen richtig`,
      'membership-entropy': ({ tries }) =>
        `Ein Angreifer, der sich an Zweifel hält, rät in ${tries} von 100 Versuchen richtig`,
      'membership-confidence': ({ tries }) =>
        `Ein Angreifer, der sich an die Sicherheit hält, rät in ${tries} von 100 Versuchen richtig`,
      'membership-shadow-models': ({ tries }) =>
        `Ein Angreifer mit eigenen Modellen rät Bild für Bild in ${tries} von 100 Versuchen richtig`,
      'output-distance': ({ value }) =>
        `Was es zum Gelöschten sagt, hat sich um ${value} verändert`,
      'feature-distance': ({ value }) =>
        `Was es im Gelöschten sieht, hat sich um ${value} verändert`,
      'weight-distance': ({ value }) => `Seine inneren Gewichte haben sich um ${value} verändert`,
      'answer-concentration': ({ value }) =>
        `Gibt dem Gelöschten ein und denselben anderen Namen auf ${value} der Bilder`,
      relearning: ({ value, who }) =>
        `Würde ${who} in ${value} der Zeit wieder lernen, die ein Modell ohne Vorwissen braucht`,
    },
    notRun: {
      relearning:
        'Wie schnell es wieder gelernt würde: braucht ein Modell, das ohne es trainiert wurde',
      'membership-shadow-models':
        'Ein Angriff auf jedes Bild einzeln: braucht acht weitere Modelle, wenn vor dem Lauf verlangt',
    },
    limit: (value) => `Grenze ${value}`,
    was: (value) => `vorher ${value}`,
    axis: { value: 'jetzt', limit: 'Grenze', original: 'Original', reference: 'Referenz' },
    interval: (low, high) => `Zu 95 % sicher: zwischen ${low} und ${high}`,
    whyLimit: 'Warum diese Grenze',
    whyOpen: 'Warum offen',
    needs: 'Was es entschiede',
    costs: 'Was das kostet',
    figures: 'Weitere Zahlen',
    steps: (value) => `${value} Schritte`,
    points: (value) => `${value} Punkte`,
    perClass: 'Wie gut jedes erkannt wird',
    before: 'vorher',
    after: 'nachher',
    showAll: (number) => `Alle ${number} zeigen`,
    showFewer: 'Weniger zeigen',
    saysTitle: 'Was es jetzt sagt',
    saysLead: 'Dieselben Bilder des Gelöschten, dem Modell vorher und nachher gezeigt.',
    saysLoading: 'Die Bilder werden ihm gezeigt…',
    saysNone: 'Es gibt keine Bilder des Gelöschten, die man ihm zeigen könnte.',
    saysBefore: (name, percent) => `vorher: ${name}, ${percent}`,
    readNone: 'Bilder des Gelöschten, die beim Löschen gelesen wurden:',
    account: 'Was getan wurde',
    reject: 'Ablehnen…',
    runAgain: 'Neuer Lauf…',
    accept: 'Ergebnis annehmen',
    acceptAnyway: 'Weiter zum Unterzeichnen',
    rejectTitle: 'Dieses Ergebnis ablehnen?',
    rejectText:
      'Die Begründung wird Teil des Falls. Er kann wieder geöffnet und anders ausgeführt werden.',
    rejectReason: 'Was daran falsch ist',
    rejectConfirm: 'Ablehnen',
    rejectedTitle: 'Dieses Ergebnis wurde abgelehnt',
    reopen: 'Wieder öffnen',
    reopenReason: 'Für einen Lauf mit anderen Einstellungen',
    runAgainTitle: 'Einen neuen Lauf beginnen?',
    runAgainText:
      'Dieses Ergebnis bleibt als abgelehnt im Protokoll, und ein neuer Lauf beginnt mit dem ursprünglichen Modell.',
    noRun: 'Es gibt noch kein Ergebnis.',
    takes: (time) => `Es hat ${time} gedauert.`,
    facts: 'Über diesen Lauf',
    duration: 'Dauer',
    method: 'Verfahren',
    methodReason: 'Warum',
    seed: 'Startwert',
    accelerator: 'Gerechnet von',
    memory: 'Höchster Speicherbedarf',
    fingerprint: 'Fingerabdruck des neuen Modells',
  },

  certificate: {
    titleSign: 'Unterzeichnen',
    leadSign: 'Mit der Unterschrift gilt das Ergebnis, und das Zertifikat wird ausgestellt.',
    titleDone: 'Das Zertifikat',
    leadDone: 'Unterzeichnet und im Protokoll. Bewahren Sie es bei Ihren Akten auf.',
    elsewhere: 'Was anderswo zu tun bleibt',
    elsewhereHint:
      'Lethe hat ein Modell vergessen lassen. Sagen Sie, wo die Person sonst noch sein kann, was entschieden wurde und wem Sie es mitgeteilt haben: Das Zertifikat hält es fest.',
    elsewhereDone: 'Wie es war, als unterzeichnet wurde.',
    nothingElsewhere: 'Es ist nichts eingetragen.',
    locationKind: 'Was es ist',
    location: {
      'original-weights': 'Ursprüngliches Modell',
      copy: 'Kopie',
      backup: 'Sicherung',
      'derived-model': 'Abgeleitetes Modell',
    },
    place: 'Wo es liegt',
    decision: 'Was entschieden wurde',
    recipient: 'Wem die Daten offengelegt wurden',
    notified: 'Mitgeteilt am',
    remark: 'Bemerkung, oder warum nicht',
    addLocation: 'Ein weiterer Ort',
    addRecipient: 'Jemand, dem es mitzuteilen ist',
    remove: (what) => `${what} entfernen`,
    signOff: 'Unterschriften',
    role: { officer: 'Bearbeitung', reviewer: 'Prüfung' },
    unnamed: 'ohne Namen',
    signed: (time) => `Unterzeichnet ${time}`,
    notSigned: 'Nicht unterzeichnet',
    statement: {
      PASS: 'Ich habe das Ergebnis dieses Ersuchens geprüft und nehme es an.',
      FAIL: 'Ich habe das Ergebnis dieses Ersuchens geprüft. Das Urteil lautet „nicht bestanden“, und das Zertifikat wird das sagen. Ich nehme es an, wie es ist.',
      INCONCLUSIVE:
        'Ich habe das Ergebnis dieses Ersuchens geprüft. Das Urteil lautet „offen“, und das Zertifikat wird das sagen. Ich nehme es an, wie es ist.',
    },
    sign: {
      officer: 'Für die Bearbeitung unterzeichnen',
      reviewer: 'Für die Prüfung unterzeichnen',
    },
    signing: 'Wird unterzeichnet…',
    signTitle: (name) => `Als ${name} unterzeichnen?`,
    signHint: (name) => `Zu unterzeichnen von ${name}.`,
    notIssued: 'Das Zertifikat ist noch nicht ausgestellt.',
    issue: 'Zertifikat ausstellen',
    preview: 'Das Zertifikat auf einen Blick',
    sheetTitle: 'Löschzertifikat',
    sheet: {
      request: 'Ersuchen',
      erased: 'Gelöscht',
      model: 'Modell',
      verdict: 'Urteil',
      recognised: 'Gelöschtes, erkannt',
      others: 'Übriges, erkannt',
      signed: 'Unterzeichnet von',
    },
    keep: 'Aufbewahren',
    withNames: 'Zertifikat, mit Namen',
    withNamesHint: 'Für Ihre Akten: PDF und JSON. Es nennt, was gelöscht wurde.',
    withoutNames: 'Zertifikat, ohne Namen',
    withoutNamesHint: 'Für alle anderen. Es lässt sich an demselben Eintrag des Protokolls prüfen.',
    model: 'Das neue Modell',
    modelHint: 'Es hat vergessen. Setzen Sie es an die Stelle des ursprünglichen.',
    checkpoint: 'Ein Kontrollpunkt des Protokolls',
    checkpointHint:
      'Dort verwahrt, wo niemand schreiben kann, der es hier kann, zeigt er später, dass nichts verändert wurde.',
    open: 'PDF öffnen',
    save: 'Speichern…',
    saved: 'Gespeichert',
    close: 'Ersuchen abschließen',
    closeHint: 'Wenn alles verwahrt und mitgeteilt ist, schließen Sie das Ersuchen ab.',
    closeTitle: 'Dieses Ersuchen abschließen?',
    closeText:
      'Es gilt dann als durch Löschung beantwortet. Seine Angaben lassen sich nicht mehr ändern. Die Namen darin werden bis zum Ende der Aufbewahrungsfrist behalten.',
    closedHint: (date) => `Abgeschlossen. Die Namen werden bis ${date} behalten.`,
  },

  ledger: {
    title: 'Protokoll',
    lead: 'Was zu jedem Ersuchen getan wurde, Schritt für Schritt. Jeder Eintrag ist signiert, und keiner lässt sich unbemerkt ändern.',
    whole: 'Das Protokoll ist unversehrt',
    wholeText: (entries, when) =>
      entries === 1
        ? `Sein einer Eintrag steht an seinem Platz und ist signiert. Geprüft ${when}.`
        : `Alle ${entries} Einträge stehen an ihrem Platz und sind signiert. Geprüft ${when}.`,
    broken: 'Das Protokoll hält der Prüfung nicht stand',
    brokenText: (entry) =>
      entry === null
        ? 'Seine Datei wurde von etwas anderem als Lethe verändert.'
        : `Es wurde von etwas anderem als Lethe verändert. Der erste falsche Eintrag ist Nummer ${entry}.`,
    brokenHint:
      'Lassen Sie das Protokoll, wie es ist, und vergleichen Sie es mit einer Kopie oder einem Kontrollpunkt, die anderswo verwahrt sind.',
    unverified: 'Das Protokoll ist noch nicht geprüft',
    unverifiedText: 'Lethe prüft es bei jedem Start und immer, wenn Sie es verlangen.',
    verify: 'Jetzt prüfen',
    verifying: 'Wird geprüft…',
    compare: 'Mit Kontrollpunkt vergleichen…',
    hint: 'Ob jemand mit dem Schlüssel das Ende abschnitt oder es neu schrieb, zeigt nur ein anderswo verwahrter Kontrollpunkt.',
    agrees: 'Das Protokoll stimmt mit dem Kontrollpunkt überein',
    agreesText: (file) =>
      `Es ist aus dem hervorgegangen, aus dem ${file} stammt: Seither wurde nichts abgeschnitten oder neu geschrieben.`,
    disagrees: 'Das Protokoll stimmt nicht mit dem Kontrollpunkt überein',
    disagreesText: (file) =>
      `Vergewissern Sie sich, dass ${file} ein Kontrollpunkt dieses Protokolls ist. Wenn ja, wurden seither Einträge abgeschnitten oder neu geschrieben.`,

    entries: 'Einträge',
    ofCase: 'Ersuchen',
    allCases: 'Alle Ersuchen',
    ofKind: 'Was geschah',
    allKinds: 'Alles',
    groups: {
      case: 'Ersuchen',
      run: 'Läufe',
      certificate: 'Zertifikate',
      ledger: 'Das Protokoll selbst',
    },
    kinds: {
      'case-opened': 'Ersuchen eröffnet',
      'case-changed': 'Ersuchen geändert',
      'case-readied': 'Ersuchen bereit zum Lauf',
      'case-signed': 'Ergebnis von einer von zwei Personen unterzeichnet',
      'case-accepted': 'Ergebnis angenommen',
      'case-rejected': 'Ergebnis abgelehnt',
      'case-reopened': 'Ersuchen wieder geöffnet',
      'case-closed': 'Ersuchen abgeschlossen',
      'case-forgotten': 'Namen des Ersuchens vernichtet',
      'run-started': 'Lauf begonnen',
      'run-finished': 'Lauf beendet',
      'run-failed': 'Lauf gescheitert',
      'run-cancelled': 'Lauf angehalten',
      'run-interrupted': 'Lauf unterbrochen',
      'certificate-issued': 'Zertifikat ausgestellt',
      'ledger-opened': 'Protokoll begonnen',
      'key-replaced': 'Schlüssel ersetzt',
      'checkpoint-witnessed': 'Kontrollpunkt von einem Zeugen gesehen',
      'checkpoint-timestamped': 'Kontrollpunkt mit Zeitstempel versehen',
    },
    none: 'Einen solchen Eintrag gibt es nicht.',
    showAll: 'Alle Einträge zeigen',
    range: (first, last) => (first === last ? `Eintrag ${first}` : `Einträge ${last} bis ${first}`),
    newest: 'Neueste',
    newer: 'Neuere',
    older: 'Ältere',
    entry: (sequence) => `Eintrag ${sequence}`,
    unreadable: 'Diese Einträge lassen sich nicht zeigen',
    badEntry: (sequence) => `Eintrag ${sequence} ist nicht, wie er geschrieben wurde.`,
    clockRanBack: 'Uhr lief rückwärts',
    clockRanBackText:
      'Die Uhr dieses Rechners nannte eine frühere Zeit als beim Eintrag davor. Es gilt die Reihenfolge der Nummern.',
    time: 'Zeit',
    asserted: 'Nach der Uhr dieses Rechners. Sonst hat den Eintrag noch niemand gesehen.',
    seen: (by, time) => `${by} sah ihn bis ${time}.`,
    hash: 'Fingerabdruck',
    previous: 'Des Eintrags davor',
    signature: 'Signatur',
    content: 'Was er sagt',
    openCase: 'Das Ersuchen öffnen',

    checkpoint: 'Ein Kontrollpunkt, anderswo zu verwahren',
    checkpointLead:
      'Er steht für alle Einträge bis jetzt. Wer ihn hat, kann später sagen, ob welche abgeschnitten oder neu geschrieben wurden.',
    spoken: 'Zum Vorlesen',
    spokenHint:
      'Acht Gruppen von fünf Ziffern, in jeder Sprache dieselben. Sie ändern sich mit jedem Eintrag.',
    qrCode: 'QR-Code des Kontrollpunkts',
    export: 'Als Datei speichern…',
    exported: (file) =>
      `Gespeichert als ${file}. Geben Sie ihn jemandem, der diesen Rechner nicht benutzt.`,
    text: 'Der Kontrollpunkt selbst',
    witnessed: 'Einen Kontrollpunkt übernehmen, den ein Zeuge signiert hat',
    witnessedLead:
      'Ein Zeuge ist jemand außerhalb, der Kontrollpunkte signiert, die er gesehen hat. Seine Signatur zeigt, dass es die Einträge zu dieser Zeit gab.',
    witness: 'Schlüssel des Zeugen',
    witnessHint:
      'Wie der Zeuge ihn veröffentlicht: Name, Kennung und Schlüssel, durch Pluszeichen verbunden.',
    witnessedFile: 'Die Datei',
    takeIn: 'Übernehmen',
    takenIn: 'Was der Zeuge sagt, ist jetzt ein Eintrag des Protokolls.',
    identity: 'Welches Protokoll das ist',
    origin: 'Protokoll',
    originHint: 'Ausgelost, als es begonnen wurde.',
    key: 'Schlüssel',
    keyHint: (since, keys) =>
      keys === 1
        ? `In Gebrauch seit ${since}.`
        : `In Gebrauch seit ${since}. Bisher gab es ${keys}: Jeder Tag, an dem gearbeitet wird, hat seinen eigenen.`,
    protection: 'Verwahrt wird er',
    protections: {
      none: 'ohne Passphrase',
      passphrase: 'unter einer Passphrase',
      system: 'im Schlüsselbund dieses Kontos',
    },
    notHere: 'nicht auf diesem Rechner',
  },

  settings: {
    title: 'Einstellungen',
    lead: 'Für diesen Rechner. Was schon im Protokoll steht, ändert sich nicht.',
    saved: 'Änderungen gelten sofort.',
    newRequests: 'Womit neue Ersuchen beginnen',
    controller: 'Verantwortlicher',
    controllerHint:
      'Die Stelle, die für die Verarbeitung einsteht, wie Zertifikate sie nennen sollen.',
    officer: 'Bearbeitung',
    officerHint: 'Wer auf diesem Rechner Ersuchen bearbeitet.',
    law: 'Recht',
    twoPersons: 'Eine zweite Person unterzeichnet auch',
    twoPersonsHint:
      'Kein Ergebnis gilt als angenommen, bevor es jemand anderes geprüft und auch unterzeichnet hat.',

    passing: 'Was ein Modell bestehen muss',
    passingLead:
      'Die Grenzen sind keine Einstellungen: Lethe legt sie für jedes Modell fest, bevor sich etwas ändert, und schreibt sie ins Protokoll. So kann niemand sie verschieben, wenn das Ergebnis bekannt ist.',
    limits: [
      {
        what: 'Es erkennt nicht mehr, was gelöscht wurde',
        limit:
          'Bis auf wenige Bilder, die falsch benannt sein mögen. Um sicher zu sein, braucht es 73 Testbilder davon.',
      },
      {
        what: 'Es erkennt die übrigen weiterhin',
        limit: 'Im Ganzen, die mit dem größten Verlust und die der gelöschten ähnlichsten.',
      },
      {
        what: 'Im Inneren lässt sich wenig davon finden',
        limit:
          'Nicht mehr als in einem Modell, das ohne es trainiert wurde. Wo es keines gibt: deutlich weniger als im Original, was weniger beweist.',
      },
      {
        what: 'Ein Angreifer kann nicht sagen, womit es trainiert wurde',
        limit: 'Weder am Fehler noch an den Zweifeln oder der Sicherheit seiner Antworten.',
      },
      {
        what: 'Es hat sich wirklich verändert',
        limit: 'Seine Antworten, was es sieht und seine inneren Gewichte, nicht nur ein Name.',
      },
    ],
    passingVerdict:
      'Für „bestanden“ müssen alle gemessen und eingehalten sein. Ist eine nicht eingehalten, lautet das Urteil „nicht bestanden“; ließ sich eine nicht entscheiden, lautet es „offen“.',

    key: 'Der Schlüssel des Protokolls',
    keyLead: {
      none: 'Er signiert jeden Eintrag und wird ohne Passphrase verwahrt: Wer den Datenordner lesen kann, kann in seinem Namen signieren.',
      passphrase:
        'Er signiert jeden Eintrag und wird unter einer Passphrase verwahrt, nach der Lethe beim Start fragt. Niemand kann sie Ihnen wiederbeschaffen.',
      system: 'Er signiert jeden Eintrag und wird im Schlüsselbund dieses Kontos verwahrt.',
    },
    keyElsewhere:
      'Er ist nicht auf diesem Rechner, darum lässt sich dem Protokoll nichts hinzufügen.',
    fingerprint: 'Fingerabdruck',
    since: 'In Gebrauch seit',
    setPassphrase: 'Passphrase setzen…',
    changePassphrase: 'Passphrase ändern…',
    removePassphrase: 'Passphrase entfernen…',
    passphraseTitle: 'Eine Passphrase für den Schlüssel setzen',
    passphraseText:
      'Lethe macht einen neuen Schlüssel, verwahrt ihn unter der Passphrase und schreibt den Wechsel ins Protokoll. Ohne die Passphrase lässt sich nichts mehr hinzufügen, und keine Namen lassen sich lesen.',
    passphrase: 'Passphrase',
    passphraseHint:
      'Mindestens 8 Zeichen. Vier oder fünf zufällige Wörter sind leicht zu behalten und schwer zu erraten.',
    repeat: 'Noch einmal',
    different: 'Die beiden sind nicht gleich.',
    tooShort: 'Das ist zu kurz.',
    set: 'Passphrase setzen',
    removeTitle: 'Die Passphrase entfernen?',
    removeText:
      'Lethe macht einen neuen Schlüssel ohne Passphrase und schreibt den Wechsel ins Protokoll. Von da an kann signieren, wer den Datenordner lesen kann.',
    remove: 'Passphrase entfernen',
    keep: 'Behalten',
    wasSet: 'Die Passphrase ist gesetzt. Beim nächsten Start fragt Lethe danach.',
    wasRemoved: 'Die Passphrase ist entfernt.',
    replacing: 'Ein neuer Schlüssel wird gemacht…',

    accelerator: 'Was rechnet',
    acceleratorLead:
      'Läufe nehmen den schnellsten Beschleuniger, der seinen Test besteht. Derselbe Lauf auf demselben ergibt dasselbe, Bit für Bit.',
    automatic: 'Der schnellste, der funktioniert',
    automaticIs: (name) => `Zurzeit ist das: ${name}.`,
    accelerators: {
      tensorflow: 'TensorFlow',
      webgpu: 'Grafikkarte',
      onnxruntime: 'Prozessor',
      cpu: 'Prozessor, schlicht',
    },
    acceleratorHints: {
      tensorflow:
        'Auf einer Grafikkarte von NVIDIA oder auf dem Prozessor. Wird eigens eingerichtet.',
      webgpu: 'Jede Grafikkarte, über WebGPU.',
      onnxruntime: 'Alle Kerne, über ONNX Runtime.',
      cpu: 'Daran werden die anderen gemessen. Sehr langsam.',
    },
    examine: 'Testen',
    examineAgain: 'Noch einmal testen',
    examining: 'Jeder trainiert ein winziges Netz…',
    examineHint:
      'Dauert einige Sekunden. Jeder trainiert ein winziges Netz, und die Ergebnisse werden verglichen.',
    testPassed: 'Test bestanden',
    testFailed: 'Test nicht bestanden',
    notHere: 'Nicht auf diesem Rechner',
    doesNotWork: 'Funktioniert nicht',
    device: {
      cpu: (name, threads) => `${name}, ${count(threads, 'Thread', 'Threads')}`,
      gpu: (name) => name,
      'software-gpu': (name) => `${name}, eine vom Prozessor nachgebildete Grafikkarte`,
    },
    speed: (operations) => `${operations} Milliarden Rechenschritte in der Sekunde`,
    difference: (largest) => `weicht um höchstens ${largest} ab`,
    isMeasure: 'daran werden die anderen gemessen',

    appearance: 'Erscheinungsbild',
    language: 'Sprache',
    languages: { system: 'Wie dieser Rechner', en: 'English', de: 'Deutsch' },
    theme: 'Hell oder dunkel',
    themes: { system: 'Wie dieser Rechner', light: 'Hell', dark: 'Dunkel' },

    files: 'Wo alles liegt',
    dataFolder: 'Datenordner',
    dataFolderHint:
      'Protokoll, Fälle, Modelle nach der Löschung und diese Einstellungen. Sichern Sie ihn im Ganzen. Für einen anderen starten Sie Lethe mit dessen Pfad in der Variablen LETHE_LEDGER.',
    version: 'Lethe',
    host: { window: 'Im eigenen Fenster', browser: 'In einem Browser auf diesem Rechner' },
  },

  unlock: {
    title: 'Das Protokoll aufschließen',
    text: 'Sein Schlüssel wird unter einer Passphrase verwahrt. Mit ihr kann Lethe die Namen offener Ersuchen lesen und Einträge hinzufügen.',
    passphrase: 'Passphrase',
    show: 'Anzeigen',
    open: 'Aufschließen',
    opening: 'Wird aufgeschlossen…',
    wrong: 'Das Protokoll ließ sich nicht öffnen',
    wrongText:
      'Das ist nicht die Passphrase, oder die Datei des Schlüssels wurde verändert. Versuchen Sie es noch einmal.',
    lost: 'Verloren?',
    lostText:
      'Niemand kann sie wiederbeschaffen. Das Protokoll lässt sich auch ohne sie lesen und prüfen, aber es lässt sich nichts hinzufügen, und die Namen der Ersuchen lassen sich nicht lesen.',
    failedTitle: 'Das Protokoll lässt sich nicht öffnen',
    failedText:
      'Ohne das Protokoll tut Lethe nichts, damit nichts geschieht, was nicht darin steht.',
    changedTitle: 'Das Protokoll ist nicht, wie Lethe es hinterlassen hat',
    changedHint:
      'Lassen Sie den Datenordner, wie er ist: Er zeigt, was verändert wurde. Finden Sie heraus, wer darin schreiben konnte, und starten Sie Lethe mit einer Kopie, die anderswo verwahrt ist. Bereits ausgestellte Zertifikate lassen sich auch ohne das Protokoll prüfen.',
    failedHint:
      'Ist ein anderes Lethe offen, benutzen Sie das. Sonst lassen Sie den Datenordner, wie er ist, und starten Sie Lethe mit einer Kopie von ihm, die anderswo verwahrt ist.',
    dataFolder: 'Datenordner',
  },
};
