const english = {
  file: 'File',
  newRequest: 'New Request',
  sample: 'Try the Sample',
  recent: 'Recent Requests',
  settings: 'Settings…',
  quit: 'Quit',
  edit: 'Edit',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  selectAll: 'Select All',
  view: 'View',
  requests: 'Requests',
  ledger: 'Ledger',
  zoomIn: 'Larger',
  zoomOut: 'Smaller',
  resetZoom: 'Actual Size',
  fullScreen: 'Full Screen',
  closeTitle: 'A run is under way',
  closeText:
    'If Lethe is closed now, the run is stopped, and the ledger records that. The original model is as it was.',
  closeAnyway: 'Stop the run and close',
  keepOpen: 'Go on',
};

export type MenuWords = typeof english;

const german: MenuWords = {
  file: 'Datei',
  newRequest: 'Neues Ersuchen',
  sample: 'Beispiel ausprobieren',
  recent: 'Letzte Ersuchen',
  settings: 'Einstellungen…',
  quit: 'Beenden',
  edit: 'Bearbeiten',
  undo: 'Rückgängig',
  redo: 'Wiederholen',
  cut: 'Ausschneiden',
  copy: 'Kopieren',
  paste: 'Einfügen',
  selectAll: 'Alles auswählen',
  view: 'Ansicht',
  requests: 'Ersuchen',
  ledger: 'Protokoll',
  zoomIn: 'Größer',
  zoomOut: 'Kleiner',
  resetZoom: 'Originalgröße',
  fullScreen: 'Vollbild',
  closeTitle: 'Ein Lauf ist im Gange',
  closeText:
    'Wird Lethe jetzt geschlossen, so wird der Lauf angehalten, und das Protokoll hält es fest. Das ursprüngliche Modell ist unverändert.',
  closeAnyway: 'Lauf anhalten und schließen',
  keepOpen: 'Weitermachen',
};

/** What is not part of the page: menu, and dialogs of the window itself. @param system the account's language */
export function menuWords(language: 'system' | 'en' | 'de', system: string): MenuWords {
  const wanted = language === 'system' ? system.slice(0, 2) : language;
  return wanted === 'de' ? german : english;
}
