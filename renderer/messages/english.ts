import { count, type FindingFigures, type Things } from './words.ts';

const things = (number: number, of: Things): string =>
  of === 'people' ? count(number, 'person', 'people') : count(number, 'class', 'classes');
const pictures = (number: number): string => count(number, 'picture', 'pictures');
const days = (number: number): string => count(number, 'day', 'days');

/** None in English: the app's own sentences serve. */
const problems: Readonly<Record<string, string>> = {};

/** Every sentence of the interface. The other languages have the same ones: the type check sees to that. */
export const english = {
  common: {
    back: 'Back',
    continue: 'Continue',
    cancel: 'Cancel',
    close: 'Close',
    save: 'Save',
    retry: 'Try again',
    showDetails: 'Show details',
    hideDetails: 'Hide details',
    choose: 'Choose…',
    chooseOther: 'Choose another…',
    optional: 'optional',
    loading: 'Loading…',
    unsaved: 'Not saved yet. Continue saves.',
    problem: 'Something is in the way',
    forEngineers: 'For an engineer',
    required: 'Needed before the erasure can start.',
    bytes: (megabytes: string) => `${megabytes} MB`,
    more: (number: number) => `${number} more`,
    things,
    pictures,
  },

  /** For languages other than English: what each kind of problem means. English has the app's own sentences. */
  problems,

  lost: {
    title: 'Lethe was stopped',
    text: 'The part of Lethe that keeps the record is not running any more. A run that was under way was stopped; the ledger says so, and the original model is as it was. Start Lethe again.',
    reload: 'Connect again',
  },

  shell: {
    skip: 'Skip to the content',
    navigation: 'Main',
    steps: 'Steps of this request',
    allRequests: 'All requests',
    requests: 'Requests',
    ledger: 'Ledger',
    settings: 'Settings',
    newRequest: 'New request',
    untitled: 'Untitled request',
    received: (date: string) => `received ${date}`,
    due: (date: string) => `due ${date}`,
    offline: 'Offline. Nothing leaves this computer.',
    stepDone: 'done',
    stepOf: (number: number, of: number) => `Step ${number} of ${of}`,
    step: {
      request: 'Request',
      model: 'Model',
      data: 'Data',
      classes: 'Classes',
      run: 'Run',
      review: 'Review',
      certificate: 'Certificate',
    },
  },

  ledgerState: {
    whole: (entries: number, when: string) =>
      `Ledger: ${count(entries, 'entry', 'entries')}, verified ${when}`,
    unverified: (entries: number) =>
      `Ledger: ${count(entries, 'entry', 'entries')}, not verified yet`,
    broken: 'The ledger does not verify',
    wholeSentence: (entries: number, when: string) =>
      entries === 1
        ? `The ledger is whole: its one entry is in its place and signed. Checked ${when}.`
        : `The ledger is whole: all ${entries} entries are in their place and signed. Checked ${when}.`,
    brokenSentence: (entry: number | null) =>
      entry === null
        ? 'The ledger was changed by something other than Lethe.'
        : `The ledger was changed by something other than Lethe. The first bad entry is number ${entry}.`,
  },

  state: {
    draft: 'Draft',
    ready: 'Ready to run',
    running: 'Running',
    interrupted: 'Interrupted',
    review: 'To be reviewed',
    accepted: 'Accepted',
    rejected: 'Rejected',
    closed: 'Closed',
  },
  outcome: {
    erased: 'Closed',
    refused: 'Refused',
    withdrawn: 'Withdrawn',
    abandoned: 'Ended',
  },

  due: {
    in: (number: number) => `due in ${days(number)}`,
    today: 'due today',
    tomorrow: 'due tomorrow',
    overdue: (number: number) => `${days(number)} overdue`,
    none: 'no due date yet',
  },

  start: {
    title: 'Requests',
    lead: 'Each request makes one model forget, and ends with a certificate.',
    emptyTitle: 'Make a model forget, and prove it',
    emptyLead:
      'Lethe takes a model that recognises people or things, and makes it forget the ones a request is about. It measures how well that worked, and keeps a record that holds up years later.',
    emptySteps: [
      'You enter the request, and choose the model and some pictures.',
      'You choose whom or what the model should forget.',
      'Lethe erases, measures and says what it found. You decide, and sign.',
    ],
    newRequest: 'New request',
    trySample: 'Try the sample',
    sampleHint:
      'The sample is a model that recognises 24 invented people. It takes about a minute.',
    open: 'Open',
    closed: (number: number) => `Closed (${number})`,
    noOpen: 'No request is open.',
    sample: 'Sample',
    forgets: (names: string) => `forget ${names}`,
    nothingChosen: 'nothing chosen yet',
    interrupted: (cases: string) =>
      `Lethe or this computer stopped during a run of ${cases}. The ledger says so, and the original model is as it was. The run can be started again.`,
    overdueTitle: (requests: string) =>
      `The names of ${requests} are kept for longer than was meant.`,
    overdueText: 'The time for which they were to be kept is over.',
    destroyNames: 'Destroy the names…',
    destroyTitle: (requests: string) => `Destroy the names of ${requests}?`,
    destroyText:
      'Who asked, who was erased, who signed, and all notes: nobody can tell any more, and there is no way back. The new models and the certificates with names in the data folder go, too; what was saved elsewhere stays. The ledger and the certificates without names can be checked as before.',
    destroyConfirm: 'Destroy the names',
  },

  request: {
    title: 'What was asked?',
    lead: 'This becomes part of the record. What you leave out now, you can add until the erasure is signed.',
    aboutRequest: 'The request',
    reference: 'Reference',
    referenceHint: 'Under which you keep the request, such as 2026-0114.',
    received: 'Received on',
    channel: 'How it came',
    channels: {
      letter: 'By letter',
      'e-mail': 'By e-mail',
      form: 'By a form',
      phone: 'By telephone',
      'in-person': 'In person',
      other: 'Otherwise',
    },
    pleaseChoose: 'Please choose',
    aboutLaw: 'The law it is made under',
    law: {
      gdpr: 'GDPR',
      ccpa: 'CCPA',
      own: 'Another one',
    },
    lawHint: {
      gdpr: 'One month to answer, two more with a reason',
      ccpa: '45 days to answer, 45 more with notice',
      own: 'You give the due date yourself',
    },
    ground: 'Ground',
    groundHint: 'The provision or reason.',
    grounds: {
      gdpr: [
        'Article 17(1)(a): no longer needed',
        'Article 17(1)(b): consent withdrawn',
        'Article 17(1)(c): objection',
        'Article 17(1)(d): unlawfully processed',
        'Article 17(1)(e): legal obligation',
        'Article 17(1)(f): child’s consent',
      ],
      ccpa: ['§ 1798.105: right to delete'],
      own: ['House rule'],
    },
    due: 'Due on',
    dueIs: (date: string, inDays: string) => `To be answered by ${date}, ${inDays}.`,
    dueUnknown: 'Choose a law and the day of receipt, and the due date is worked out.',
    extend: 'Extend the time to answer',
    extensionHint:
      'The person must be told of it, with the reason, before the first period is over.',
    extensionDecided: 'Decided on',
    extensionReason: 'Reason',
    aboutPerson: 'The person',
    subject: 'Pseudonymous reference',
    subjectHint:
      'A number that says who it is only in your own files. It stays in the record for good.',
    subjectWarning:
      'This looks like it names a person. Use a reference that says who it is only in your own files.',
    aboutYou: 'Who answers for it',
    controller: 'Controller',
    controllerHint: 'The organisation, as certificates should name it.',
    officer: 'Officer',
    officerHint: 'Who carries the request out.',
    twoPersons: 'A second person signs too',
    twoPersonsHint: 'The reviewer looks at the result after the officer, and is somebody else.',
    reviewer: 'Reviewer',
    notes: 'Notes',
    notesHint: 'Kept encrypted with the case, never in the ledger.',
    missing: (fields: string) => `Still to be entered before the erasure: ${fields}.`,
    complete: 'All that the record needs is here.',
    fields: {
      request: 'reference',
      received: 'day of receipt',
      channel: 'how it came',
      law: 'law',
      ground: 'ground',
      givenDue: 'due date',
      subject: 'pseudonymous reference',
      controller: 'controller',
      officer: 'officer',
      reviewer: 'reviewer',
    },
    locked: 'This case is signed or closed, so its details stand as they are.',
  },

  ending: {
    begin: 'End without erasing…',
    title: 'End this request without erasing?',
    text: 'No model is changed. The request is closed, and the record says how it ended. You can take it up again.',
    how: 'How it ends',
    ways: {
      refused: {
        name: 'It is refused',
        hint: 'There will be no erasure. The person must be told why within the time to answer, and that they may complain.',
      },
      withdrawn: { name: 'It was withdrawn', hint: 'The person no longer asks for it.' },
      abandoned: {
        name: 'Nothing was asked',
        hint: 'It was a trial, a mistake, or is here twice.',
      },
    },
    reason: 'Reason',
    reasonHint: 'Kept encrypted with the case, never in the ledger. A refusal needs one.',
    confirm: 'End the request',
    ended: {
      refused: (date: string) => `This request was refused on ${date}`,
      withdrawn: (date: string) => `This request was withdrawn on ${date}`,
      abandoned: (date: string) => `This request was ended on ${date}, as nothing was asked`,
    },
    kept: (date: string) => `Nothing was erased. Its names are kept until ${date}.`,
    ledgerHint: 'The ledger says how it ended, without any name.',
    takeUpAgain: 'Take it up again',
    takenUpReason: 'Taken up again after it had ended without an erasure',
  },

  drop: {
    here: 'Drop it here, or',
    dropNow: 'Let go to take it',
    choose: 'choose…',
    pathLabel: 'Where it is',
    pathHint: 'Or type or paste its path.',
    use: 'Use this',
    searching: (name: string) => `Looking for ${name} on this computer…`,
    foundOne: 'Is it this one?',
    foundMany: 'Which of these is it?',
    foundNone: (name: string) =>
      `A browser does not say where a dropped file is, and ${name} was not found in your home folder. Choose it instead.`,
    notAPath: 'Drop a file or a folder.',
  },

  browse: {
    title: { model: 'Choose a model', folder: 'Choose a folder', file: 'Choose a file' },
    places: {
      home: 'Home',
      desktop: 'Desktop',
      documents: 'Documents',
      downloads: 'Downloads',
      root: 'Computer',
    },
    up: 'Up one folder',
    empty: 'There is nothing in this folder.',
    more: (number: number) => `and ${number} more, not shown`,
    chooseThis: 'Choose this folder',
    folder: 'folder',
    file: 'file',
  },

  model: {
    title: 'Which model should forget?',
    lead: 'The file is never changed: Lethe works on a copy.',
    dropTitle: 'An ONNX file, or the folder of a TensorFlow.js model',
    reading: 'Reading the model…',
    recognises: (number: number, of: Things, size: string, colour: boolean) =>
      `It recognises ${things(number, of)} in ${size} ${colour ? 'colour' : 'grey'} pictures.`,
    namesInside: 'It carries the names of what it recognises.',
    noNames: (number: number) =>
      `It carries no names. They are taken from the folders of your pictures, which must be all ${number}, in alphabetical order.`,
    fingerprint: 'Fingerprint',
    fingerprintHint: 'SHA-256 of the file. The certificate names the model by it.',
    format: 'Format',
    formats: { onnx: 'ONNX', 'tfjs-layers': 'TensorFlow.js Layers' },
    architecture: 'Built of',
    parameters: 'Trainable numbers',
    path: 'Where it is',
    refused: 'Lethe cannot use this model',
    next: 'Next, the pictures.',
  },

  data: {
    title: 'Which pictures do you have?',
    lead: 'Lethe needs some of whom the model should keep, to repair it, and others to measure it with.',
    dropTitle: 'A folder with one folder of pictures per class',
    dropHint: 'Best in two halves: train/<name>/ and test/<name>/. Files of MNIST work too.',
    reading: 'Looking through the pictures…',
    summary: (classes: string, train: string, test: string) =>
      `${classes}: ${train} to learn from and ${test} to test with.`,
    allMatch: (number: number, of: Things) => `All ${things(number, of)} are known to the model.`,
    misfit: (model: number, data: number) =>
      `The model has ${model} classes, and there are ${data} folders.`,
    misfitHint:
      'The model carries no names, so the folders must be all its classes, in the same alphabetical order. A class without pictures needs an empty folder.',
    strangers: (names: string) => `The model does not know ${names}.`,
    strangersHint:
      'Rename these folders as the model names its classes, then look again. If this is who should be erased: the model never learned to name them, and there is no class of theirs to erase.',
    without: (names: string) => `There are no pictures of ${names}.`,
    withoutHint:
      'What a run does to them cannot be measured, and the model may lose what it knows of them.',
    trying: 'Finding out how the model wants its pictures…',
    tryingHint: 'It is shown some of them, prepared in each of the usual ways.',
    fits: (percent: string) => `The model recognises ${percent} of the test pictures.`,
    fitsHint: (way: string) => `Prepared ${way}, which fits it best.`,
    preprocessing: {
      'zero-to-one': 'with values from 0 to 1',
      'minus-one-to-one': 'with values from −1 to 1',
      imagenet: 'as for ImageNet',
      cifar10: 'as for CIFAR-10',
      custom: 'as you said',
    },
    trials: 'Ways that were tried',
    trialsOf: 'right on a sample',
    resize: 'Scale the pictures to the size that the model takes',
    ownPreprocessing: 'Prepare them otherwise',
    ownPreprocessingHint:
      'Whoever trained the model knows. Such as custom:mean=0.5,0.5,0.5;std=0.2,0.2,0.2',
    apply: 'Apply',
    tooFew: (number: number) =>
      `There are ${pictures(number)} of each to test with. A verdict needs about 73 of whom is erased; with fewer, it can be INCONCLUSIVE at best.`,
    noTest:
      'There are no test pictures, so nothing could be measured. Add some under test/<name>/.',
    noTrain:
      'There are no pictures to learn from, so the model could not be repaired. Add some under train/<name>/.',
    counts: 'Pictures of each',
    count: (train: number, test: number) => `${train} + ${test}`,
    countLong: (train: number, test: number) => `${train} to learn from, ${test} to test with`,
    lookAgain: 'Look again',
    refused: 'Lethe cannot use these pictures',
    next: 'Next, whom the model should forget.',
  },

  classes: {
    titlePeople: 'Whom should the model forget?',
    titleClasses: 'What should the model forget?',
    lead: (number: number, of: Things) =>
      `The model recognises ${things(number, of)}. Choose ${of === 'people' ? 'everyone' : 'everything'} this request is about.`,
    search: (number: number, of: Things) => `Search ${things(number, of)}`,
    noneFound: (query: string) => `Nothing is called “${query}”.`,
    recognised: (percent: string) => `recognised ${percent}`,
    notMeasured: 'not measured',
    noPicture: 'no picture',
    erase: 'Erase',
    chosen: (number: number) => `${number} chosen.`,
    effect:
      'The model will stop recognising them. No picture of them is needed, and none will be read.',
    effectOne: (of: Things): string =>
      of === 'people'
        ? 'The model will stop recognising them. No picture of them is needed, and none will be read.'
        : 'The model will stop recognising it. No picture of it is needed, and none will be read.',
    chooseOne: 'Choose at least one.',
    keepOne: 'These are all that the model has. Leave at least one, or delete the model instead.',
    showChosen: 'Only chosen',
    clear: 'Clear',
    notListed: 'Not in the list?',
    notListedText:
      'Lethe erases what a model can name. Whoever is not in this list is no class of the model: their pictures may have been used to train it, but there is no class to erase, and a certificate for another class would say nothing about them. Deleting the pictures and training the model anew is what helps.',
    list: 'What the model recognises',
  },

  run: {
    readyTitle: (names: string) => `Ready to erase ${names}`,
    readyLead:
      'Lethe makes a copy of the model, changes it until the class is gone, repairs the rest, and measures both. The original is not touched.',
    facts: {
      model: 'Model',
      pictures: 'Pictures to learn from',
      forget: 'To be erased',
      keep: 'To be kept',
      keepCount: (number: number, of: Things) => things(number, of),
    },
    start: 'Erase now',
    startHint: 'From here on, the ledger records what happens.',
    missingTitle: 'The record is not complete yet',
    missing: (fields: string) => `Enter ${fields} first.`,
    goToRequest: 'Go to the request',
    otherSettings: 'Other settings',
    method: 'Method',
    methodAuto: 'What fits the pictures best',
    methodAutoHint: 'Recommended. Lethe says which one it took, and why.',
    methods: {
      adaptive: 'Erase with noise, repair with what is kept',
      paper: 'The same, exactly as published',
      retrain: 'Train anew without it',
      'fine-tune': 'Go on training with what is kept',
      'negative-gradient': 'Unlearn with pictures of it',
      'masked-distillation': 'Learn to answer as if it had never known it',
      'class-impressions': 'The same, from pictures made out of the model',
    },
    methodHints: {
      adaptive: 'UNSIR at rates that it finds. Reads no picture of what is erased.',
      paper: 'UNSIR to the letter. It can cost the model most of what it knew.',
      retrain: 'The gold standard, and the dearest. Needs all pictures that are kept.',
      'fine-tune': 'Gentle, and seldom enough.',
      'negative-gradient': 'Reads pictures of what is erased.',
      'masked-distillation': 'Reads pictures of what is erased, and needs no others.',
      'class-impressions': 'Needs no pictures to learn from, only some to measure by.',
    },
    reference: 'What the result is compared with',
    references: {
      none: 'The model as it is now',
      given: 'A model that you have, trained without it',
      retrained: 'A model that Lethe trains without it',
    },
    referenceHints: {
      none: 'Shows that clearly less is left of it than now, and claims no more.',
      given: 'Shows that as little is left as in a model that never saw it, within limits.',
      retrained:
        'Shows the same. Needs the pictures of what is kept that the model was trained on, all of them, and about the time that training it took.',
    },
    referenceModel: 'The model trained without it',
    referenceMissing: 'Choose the model to compare with, or compare with the model as it is now.',
    attack: 'How pictures are attacked',
    attacks: { all: 'All together', each: 'Each by itself, too' },
    attackHints: {
      all: 'Whether its errors, doubts or confidence give away what the model learned from.',
      each: 'The strongest test there is: with eight models, each trained with half of the pictures of what is erased and then made to forget. Needs all the pictures the model was trained on, and eight times the time that training and erasing it take.',
    },
    seed: 'Seed',
    seedHint: 'The same seed gives the same result, bit for bit.',
    title: (names: string) => `Erasing ${names}`,
    cancelling: 'Stopping',
    preparing: 'Getting ready',
    leave: 'You can leave this page: the run goes on.',
    phase: {
      loading: 'Opening the model',
      preprocessing: 'Finding out how the model wants its pictures',
      'training-reference': 'Training a model without it, to compare with',
      'training-shadow-models': 'Training models for the attack on each picture',
      'measuring-before': 'Measuring the original',
      'measuring-reference': 'Measuring the reference model',
      'fixing-thresholds': 'Deciding what will be asked, before anything is changed',
      noise: 'Learning what is least like what is to be erased',
      impair: 'Erasing',
      'measuring-impaired': 'Looking at what is left',
      repair: 'Repairing what is kept',
      unlearn: 'Unlearning',
      'measuring-after': 'Measuring the result',
      relearning: 'Trying whether it learns it again too easily',
      judging: 'Judging',
      saving: 'Saving the new model',
      train: 'Training',
    },
    secondsLeft: (time: string) => `about ${time} left`,
    seconds: (number: number) => count(number, 'second', 'seconds'),
    minutes: (number: number) => count(number, 'minute', 'minutes'),
    hours: (number: number) => count(number, 'hour', 'hours'),
    chart: 'How well it recognises',
    chartKept: 'what is kept',
    chartForgotten: 'what is erased',
    chartNote:
      'What is erased is not shown to the model while it is erased, so it has two points: before, and after.',
    chartErasing: 'erasing',
    chartDescription: (kept: string, gone: string) =>
      `Of what is kept, ${kept} is recognised; of what is erased, ${gone}.`,
    cancel: 'Stop',
    cancelTitle: 'Stop this run?',
    cancelText:
      'What was done so far is thrown away, and the ledger records that the run was stopped. The original model is as it was. You can start again.',
    cancelConfirm: 'Stop the run',
    cancelKeep: 'Go on',
    failedTitle: 'The run did not finish',
    cancelledTitle: 'The run was stopped',
    interruptedTitle: 'The run was interrupted',
    unchanged: 'The original model is as it was, and the ledger has the run on record.',
    notBegun: 'The original model is as it was. Erasing had not begun, so nothing is on record.',
    again: 'Run again',
    doneTitle: 'The run is finished',
    doneLead: 'The result has been measured. Look at it before you decide.',
    toReview: 'See the result',
    otherRun: 'Another request is running. This computer computes one at a time.',
    notices: 'What came up',
  },

  review: {
    title: { PASS: 'Pass', FAIL: 'Fail', INCONCLUSIVE: 'Inconclusive' },
    heading: {
      PASS: (names: string, _number: number) => `Pass: the model has forgotten ${names}`,
      FAIL: (names: string, _number: number) =>
        `Fail: the model has not forgotten ${names} as it should`,
      INCONCLUSIVE: (names: string, number: number) =>
        `Inconclusive: it is not certain that ${names} ${number === 1 ? 'is' : 'are'} forgotten`,
    },
    summary: {
      PASS_reference:
        'All that was asked holds: within the limits fixed before, what can be found of it is as little as in a model that never saw it.',
      PASS_original:
        'All that was asked holds. There was no model trained without it to compare with, so this is the weaker claim.',
      FAIL: (number: number) =>
        `${count(number, 'finding does', 'findings do')} not keep to what was fixed before the run.`,
      INCONCLUSIVE: (number: number) =>
        `Nothing that was measured failed, but ${count(number, 'finding', 'findings')} could not be decided with certainty.`,
    },
    outcome: { pass: 'Pass', fail: 'Fail', open: 'Open', 'not-run': 'Not run' },
    findings: 'What was measured',
    inCertificate: 'stated in the certificate',
    erased: 'what was erased',
    finding: {
      'forget-accuracy': ({ hits, samples, who }: FindingFigures) =>
        `Recognises ${who} in ${hits} of ${pictures(samples)}`,
      'worst-forget-class': ({ value }: FindingFigures) =>
        `Of what was erased, recognises the one it knows best in ${value} of its pictures`,
      'retain-accuracy': ({ value, samples }: FindingFigures) =>
        `Still recognises the others in ${value} of ${pictures(samples)}`,
      'worst-retain-class': ({ value }: FindingFigures) =>
        `The one of the others that lost most lost ${value}`,
      'neighbour-classes': ({ value, who }: FindingFigures) =>
        `Still recognises those most like ${who} in ${value}`,
      'score-separation': ({ tries, who }: FindingFigures) =>
        `Beyond mere doubt, its score for ${who} tells pictures apart in ${tries} of 100 tries`,
      'linear-probe': ({ value, who }: FindingFigures) =>
        `Traces inside give ${who} away in ${value} of the pictures`,
      'worst-probe-class': ({ value }: FindingFigures) =>
        `One by one, traces inside give each away at most ${value} more often than in the model compared with`,
      prototypes: ({ value, who }: FindingFigures) =>
        `Shown ten pictures of ${who}, it would find ${value} of the rest`,
      'membership-loss': ({ tries }: FindingFigures) =>
        `An attacker who goes by its errors is right in ${tries} of 100 tries`,
      'membership-entropy': ({ tries }: FindingFigures) =>
        `An attacker who goes by its doubts is right in ${tries} of 100 tries`,
      'membership-confidence': ({ tries }: FindingFigures) =>
        `An attacker who goes by its confidence is right in ${tries} of 100 tries`,
      'membership-shadow-models': ({ tries }: FindingFigures) =>
        `An attacker with models of their own, picture by picture, is right in ${tries} of 100 tries`,
      'output-distance': ({ value, who }: FindingFigures) =>
        `What it says of ${who} has changed by ${value}`,
      'feature-distance': ({ value, who }: FindingFigures) =>
        `What it sees in ${who} has changed by ${value}`,
      'weight-distance': ({ value }: FindingFigures) =>
        `Its inner weights have changed by ${value}`,
      'answer-concentration': ({ value, who }: FindingFigures) =>
        `Gives ${who} one and the same other name in ${value}`,
      relearning: ({ value, who }: FindingFigures) =>
        `Would learn ${who} again in ${value} the time of a model without`,
    },
    notRun: {
      relearning: 'How fast it would learn it again: needs a model trained without it',
      'membership-shadow-models':
        'An attack on each picture by itself: needs eight more models, if asked for before a run',
    },
    limit: (value: string) => `limit ${value}`,
    was: (value: string) => `was ${value}`,
    axis: { value: 'now', limit: 'limit', original: 'original', reference: 'reference' },
    interval: (low: string, high: string) => `95% certain: between ${low} and ${high}`,
    whyLimit: 'Why this limit',
    whyOpen: 'Why it is open',
    needs: 'What would decide it',
    costs: 'What that costs',
    figures: 'More figures',
    steps: (value: string) => `${value} steps`,
    points: (value: string) => `${value} points`,
    perClass: 'Recognition of each',
    before: 'before',
    after: 'after',
    showAll: (number: number) => `Show all ${number}`,
    showFewer: 'Show fewer',
    saysTitle: 'What it says now',
    saysLead: 'The same pictures of what was erased, shown to the model before and after.',
    saysLoading: 'Showing it the pictures…',
    saysNone: 'There are no pictures of what was erased to show it.',
    saysBefore: (name: string, percent: string) => `before: ${name}, ${percent}`,
    readNone: 'Pictures of what was erased read while erasing:',
    account: 'What was done',
    reject: 'Reject…',
    runAgain: 'Run again…',
    accept: 'Accept result',
    acceptAnyway: 'Go on to signing',
    rejectTitle: 'Reject this result?',
    rejectText:
      'The reason becomes part of the case. The case can be opened again and run otherwise.',
    rejectReason: 'What is wrong with it',
    rejectConfirm: 'Reject',
    rejectedTitle: 'This result was rejected',
    reopen: 'Open it again',
    reopenReason: 'To be run again with other settings',
    runAgainTitle: 'Run again?',
    runAgainText:
      'This result stays on record as rejected, and a new run begins from the original model.',
    noRun: 'There is no result yet.',
    takes: (time: string) => `It took ${time}.`,
    facts: 'About this run',
    duration: 'Took',
    method: 'Method',
    methodReason: 'Why',
    seed: 'Seed',
    accelerator: 'Computed by',
    memory: 'Most memory',
    fingerprint: 'Fingerprint of the new model',
  },

  ledger: {
    title: 'Ledger',
    lead: 'What was done for every request, step by step. Each entry is signed, and none can be changed unnoticed.',
    whole: 'The ledger is whole',
    wholeText: (entries: number, when: string) =>
      entries === 1
        ? `Its one entry is in its place and signed. Checked ${when}.`
        : `All ${entries} entries are in their place and signed. Checked ${when}.`,
    broken: 'The ledger does not verify',
    brokenText: (entry: number | null) =>
      entry === null
        ? 'Its file was changed by something other than Lethe.'
        : `It was changed by something other than Lethe. The first bad entry is number ${entry}.`,
    brokenHint:
      'Leave the ledger as it is, and compare it with a copy or a checkpoint kept elsewhere.',
    unverified: 'The ledger was not checked yet',
    unverifiedText: 'Lethe checks it at every start, and whenever you ask.',
    verify: 'Verify now',
    verifying: 'Verifying…',
    compare: 'Compare with a checkpoint…',
    hint: 'Whether someone who has the key cut off its end or wrote it anew, only a checkpoint kept elsewhere can tell.',
    agrees: 'The ledger agrees with the checkpoint',
    agreesText: (file: string) =>
      `It grew out of the one that ${file} was made of: since then nothing was cut off or written anew.`,
    disagrees: 'The ledger does not agree with the checkpoint',
    disagreesText: (file: string) =>
      `Make sure that ${file} is a checkpoint of this ledger. If it is, entries were cut off or written anew since it was made.`,

    entries: 'Entries',
    ofCase: 'Request',
    allCases: 'All requests',
    ofKind: 'What happened',
    allKinds: 'Everything',
    groups: {
      case: 'Requests',
      run: 'Runs',
      certificate: 'Certificates',
      ledger: 'The ledger itself',
    },
    kinds: {
      'case-opened': 'Request opened',
      'case-changed': 'Request changed',
      'case-readied': 'Request ready to run',
      'case-signed': 'Result signed by one of two',
      'case-accepted': 'Result accepted',
      'case-rejected': 'Result rejected',
      'case-reopened': 'Request opened again',
      'case-closed': 'Request closed',
      'case-forgotten': 'Names of the request destroyed',
      'run-started': 'Run started',
      'run-finished': 'Run finished',
      'run-failed': 'Run failed',
      'run-cancelled': 'Run stopped',
      'run-interrupted': 'Run interrupted',
      'certificate-issued': 'Certificate issued',
      'ledger-opened': 'Ledger begun',
      'key-replaced': 'Key replaced',
      'checkpoint-witnessed': 'Checkpoint seen by a witness',
      'checkpoint-timestamped': 'Checkpoint time-stamped',
    },
    none: 'There is no such entry.',
    showAll: 'Show all entries',
    range: (first: number, last: number) =>
      first === last ? `Entry ${first}` : `Entries ${last} to ${first}`,
    newest: 'Newest',
    newer: 'Newer',
    older: 'Older',
    entry: (sequence: number) => `Entry ${sequence}`,
    unreadable: 'These entries cannot be shown',
    badEntry: (sequence: number) => `Entry ${sequence} is not as it was written.`,
    clockRanBack: 'Clock ran back',
    clockRanBackText:
      'This computer’s clock said an earlier time than for the entry before. The order is that of the numbers.',
    time: 'Time',
    asserted: 'By this computer’s clock. Nobody else has seen the entry yet.',
    seen: (by: string, time: string) => `${by} saw it by ${time}.`,
    hash: 'Fingerprint',
    previous: 'Of the one before',
    signature: 'Signature',
    content: 'What it says',
    openCase: 'Open the request',

    checkpoint: 'A checkpoint to keep elsewhere',
    checkpointLead:
      'It stands for all entries up to now. Whoever keeps it can tell later whether any were cut off or written anew.',
    spoken: 'To read aloud',
    spokenHint:
      'Eight groups of five digits, the same in any language. They change with every entry.',
    qrCode: 'QR code of the checkpoint',
    export: 'Save as a file…',
    exported: (file: string) =>
      `Saved as ${file}. Give it to someone who does not use this computer.`,
    text: 'The checkpoint itself',
    witnessed: 'Take in a checkpoint that a witness signed',
    witnessedLead:
      'A witness is somebody outside who signs checkpoints that it has seen. Its signature shows that the entries existed by then.',
    witness: 'Key of the witness',
    witnessHint: 'As the witness publishes it: name, identifier and key, joined by plus signs.',
    witnessedFile: 'Its file',
    takeIn: 'Take in',
    takenIn: 'What the witness says is now an entry of the ledger.',
    identity: 'Which ledger this is',
    origin: 'Ledger',
    originHint: 'Drawn at random when it was begun.',
    key: 'Key',
    keyHint: (since: string, keys: number) =>
      keys === 1
        ? `In use since ${since}.`
        : `In use since ${since}. There were ${keys} so far: each day of work has its own.`,
    protection: 'The key is kept',
    protections: {
      none: 'without a passphrase',
      passphrase: 'under a passphrase',
      system: 'in the keychain of this account',
    },
    notHere: 'not on this computer',
  },

  settings: {
    title: 'Settings',
    lead: 'For this computer. What is on record already does not change.',
    saved: 'Changes are kept at once.',
    newRequests: 'What new requests begin with',
    controller: 'Controller',
    controllerHint:
      'The organisation that answers for the processing, as certificates should name it.',
    officer: 'Officer',
    officerHint: 'Who carries requests out on this computer.',
    law: 'Law',
    twoPersons: 'A second person signs too',
    twoPersonsHint:
      'No result is accepted until a reviewer, who is somebody else, has signed it as well.',

    passing: 'What a model has to pass',
    passingLead:
      'The limits are no settings: Lethe fixes them for each model before anything is changed, and writes them into the ledger. So nobody can move them once the result is known.',
    limits: [
      {
        what: 'It no longer recognises what was erased',
        limit:
          'But for a few pictures that may carry a wrong label. That takes 73 test pictures of it to be certain.',
      },
      {
        what: 'It still recognises the others',
        limit: 'On the whole, the one that lost most, and those most like what was erased.',
      },
      {
        what: 'Little of it can be found inside',
        limit:
          'No more than in a model trained without it. Where there is none: clearly less than in the original, which proves less.',
      },
      {
        what: 'An attacker cannot tell what it was trained on',
        limit: 'By the errors, the doubts and the confidence of its answers.',
      },
      {
        what: 'It has really changed',
        limit: 'Its answers, what it sees and its inner weights, not just a name.',
      },
    ],
    passingVerdict:
      'All of them have to be measured and kept to for a PASS. One that is not kept to is a FAIL; one that could not be decided makes it INCONCLUSIVE.',

    key: 'The key of the ledger',
    keyLead: {
      none: 'It signs every entry, and is kept without a passphrase: whoever can read the data folder can sign in its name.',
      passphrase:
        'It signs every entry, and is kept under a passphrase that Lethe asks for when it starts. Nobody can restore it for you.',
      system: 'It signs every entry, and is kept in the keychain of this account.',
    },
    keyElsewhere: 'It is not on this computer, so nothing can be added to the ledger.',
    fingerprint: 'Fingerprint',
    since: 'In use since',
    setPassphrase: 'Set a passphrase…',
    changePassphrase: 'Change the passphrase…',
    removePassphrase: 'Remove the passphrase…',
    passphraseTitle: 'Set a passphrase for the key',
    passphraseText:
      'Lethe makes a new key, keeps it under the passphrase, and writes the change into the ledger. Without the passphrase nothing can be added any more, and no names can be read.',
    passphrase: 'Passphrase',
    passphraseHint:
      'At least 8 characters. Four or five random words are easy to keep and hard to guess.',
    repeat: 'Once more',
    different: 'These two are not the same.',
    tooShort: 'That is too short.',
    set: 'Set the passphrase',
    removeTitle: 'Remove the passphrase?',
    removeText:
      'Lethe makes a new key without one, and writes the change into the ledger. From then on, whoever can read the data folder can sign.',
    remove: 'Remove the passphrase',
    keep: 'Keep it',
    wasSet: 'The passphrase is set. Lethe asks for it at the next start.',
    wasRemoved: 'The passphrase is removed.',
    replacing: 'Making a new key…',

    accelerator: 'What computes',
    acceleratorLead:
      'Runs take the fastest that passes its test. The same run on the same one gives the same result, bit for bit.',
    automatic: 'The fastest that works',
    automaticIs: (name: string) => `Now that is ${name}.`,
    accelerators: {
      tensorflow: 'TensorFlow',
      webgpu: 'Graphics card',
      onnxruntime: 'Processor',
      cpu: 'Processor, plainly',
    },
    acceleratorHints: {
      tensorflow: 'On a graphics card of NVIDIA’s, or on the processor. Set up separately.',
      webgpu: 'Any graphics card, by WebGPU.',
      onnxruntime: 'All cores, by ONNX Runtime.',
      cpu: 'What the others are compared with. Very slow.',
    },
    examine: 'Test them',
    examineAgain: 'Test again',
    examining: 'Each of them trains a tiny network…',
    examineHint: 'Takes some seconds. Each trains a tiny network, and the results are compared.',
    testPassed: 'Test passed',
    testFailed: 'Test failed',
    notHere: 'Not on this computer',
    doesNotWork: 'Does not work',
    device: {
      cpu: (name: string, threads: number) => `${name}, ${count(threads, 'thread', 'threads')}`,
      gpu: (name: string, _threads: number) => name,
      'software-gpu': (name: string, _threads: number) =>
        `${name}, a graphics card imitated by the processor`,
    },
    speed: (operations: string) => `${operations} billion operations a second`,
    difference: (largest: string) => `differs by ${largest} at most`,
    isMeasure: 'what the others are measured by',

    appearance: 'Appearance',
    language: 'Language',
    languages: { system: 'As this computer', en: 'English', de: 'Deutsch' },
    theme: 'Light or dark',
    themes: { system: 'As this computer', light: 'Light', dark: 'Dark' },

    files: 'Where everything is kept',
    dataFolder: 'Data folder',
    dataFolderHint:
      'Ledger, cases, erased models and these settings. Back it up as a whole. For another one, start Lethe with its path in the variable LETHE_LEDGER.',
    version: 'Lethe',
    host: { window: 'In its own window', browser: 'In a browser on this computer' },
  },

  unlock: {
    title: 'Unlock the ledger',
    text: 'Its key is kept under a passphrase. With it, Lethe can read the names of open requests and add entries.',
    passphrase: 'Passphrase',
    show: 'Show it',
    open: 'Unlock',
    opening: 'Unlocking…',
    wrong: 'The ledger did not open',
    wrongText: 'This is not the passphrase, or the key’s file was changed. Try it again.',
    lost: 'Lost it?',
    lostText:
      'Nobody can restore it. The ledger can still be read and verified without it, but nothing can be added, and the names of requests cannot be read.',
    failedTitle: 'The ledger cannot be opened',
    failedText: 'Without it Lethe does nothing, so that nothing happens off the record.',
    changedTitle: 'The ledger is not as Lethe left it',
    changedHint:
      'Leave the data folder as it is: it shows what was changed. Find out who could write to it, and start Lethe with a copy that was kept elsewhere. Certificates that were issued before can still be checked without the ledger.',
    failedHint:
      'If another Lethe is open, use that one. Otherwise leave the data folder as it is, and start Lethe with a copy of it that was kept elsewhere.',
    dataFolder: 'Data folder',
  },

  certificate: {
    titleSign: 'Sign it off',
    leadSign: 'With the signature, the result stands, and the certificate is issued.',
    titleDone: 'The certificate',
    leadDone: 'Signed, and on record in the ledger. Keep it where you keep your files.',
    elsewhere: 'What remains to be done elsewhere',
    elsewhereHint:
      'Lethe made one model forget. Say where else the person may be, what was decided, and whom you told: the certificate states it.',
    elsewhereDone: 'As it was when this was signed.',
    nothingElsewhere: 'Nothing was entered.',
    locationKind: 'What it is',
    location: {
      'original-weights': 'Original model',
      copy: 'Copy',
      backup: 'Backup',
      'derived-model': 'Derived model',
    },
    place: 'Where it is',
    decision: 'What was decided',
    recipient: 'Who received the data',
    notified: 'Told on',
    remark: 'Remark, or why not',
    addLocation: 'Another place',
    addRecipient: 'Somebody to tell',
    remove: (what: string) => `Remove ${what}`,
    signOff: 'Signatures',
    role: { officer: 'Officer', reviewer: 'Reviewer' },
    unnamed: 'not named',
    signed: (time: string) => `Signed ${time}`,
    notSigned: 'Not signed',
    statement: {
      PASS: 'I have looked at the result of this request, and accept it.',
      FAIL: 'I have looked at the result of this request. The verdict is FAIL, and the certificate will say so. I accept it as it is.',
      INCONCLUSIVE:
        'I have looked at the result of this request. The verdict is INCONCLUSIVE, and the certificate will say so. I accept it as it is.',
    },
    sign: { officer: 'Sign as officer', reviewer: 'Sign as reviewer' },
    signing: 'Signing…',
    signTitle: (name: string) => `Sign as ${name}?`,
    signHint: (name: string) => `To be signed by ${name}.`,
    notIssued: 'The certificate is not issued yet.',
    issue: 'Issue the certificate',
    preview: 'The certificate at a glance',
    sheetTitle: 'Certificate of erasure',
    sheet: {
      request: 'Request',
      erased: 'Erased',
      model: 'Model',
      verdict: 'Verdict',
      recognised: 'Erased, recognised',
      others: 'Others, recognised',
      signed: 'Signed by',
    },
    keep: 'Keep it',
    withNames: 'Certificate, with names',
    withNamesHint: 'For your files: PDF and JSON. It names what was erased.',
    withoutNames: 'Certificate, without names',
    withoutNamesHint: 'For anyone else. It verifies against the same entry of the ledger.',
    model: 'The new model',
    modelHint: 'It has forgotten. Put it in the place of the original.',
    checkpoint: 'A checkpoint of the ledger',
    checkpointHint:
      'Kept where nobody who can write here can, it shows later that nothing was changed.',
    open: 'Open PDF',
    save: 'Save…',
    saved: 'Saved',
    close: 'Close the request',
    closeHint: 'When all is kept and told, close the request.',
    closeTitle: 'Close this request?',
    closeText:
      'It is recorded as answered by erasure. Its details can no longer be changed. The names in it are kept until the end of the retention.',
    closedHint: (date: string) => `Closed. Its names are kept until ${date}.`,
  },
};
