/** Strokes in a square of 16 by 16. */
export const icons = {
  check: 'M3.5 8.5 6.5 11.5 12.5 4.5',
  cross: 'M4 4 12 12M12 4 4 12',
  question: 'M5.8 6.2a2.2 2.2 0 1 1 3.3 1.9c-.8.5-1.1.9-1.1 1.7M8 12.2v.1',
  warning: 'M8 3 14 13.2H2ZM8 7v2.8M8 11.5v.1',
  info: 'M8 7.4v4M8 4.8v.1',
  right: 'M6 3.5 10.5 8 6 12.5',
  left: 'M10 3.5 5.5 8 10 12.5',
  up: 'M8 13V3.5M4 7l4-4 4 4',
  down: 'M3.5 6 8 10.5 12.5 6',
  folder: 'M2 4.5h4l1.5 1.7H14v6.8H2Z',
  file: 'M4 2h5l3 3v9H4ZM9 2v3h3',
  search: 'M7 11.5a4.5 4.5 0 1 1 0-9 4.5 4.5 0 0 1 0 9ZM10.3 10.3 14 14',
  lock: 'M4 7h8v6.5H4ZM5.5 7V5a2.5 2.5 0 0 1 5 0v2',
  plus: 'M8 3v10M3 8h10',
  seal: 'M8 1.8 9.6 3.2l2.1-.2.6 2 1.8 1.1-.8 2 .8 2-1.8 1.1-.6 2-2.1-.2L8 14.4l-1.6-1.4-2.1.2-.6-2-1.8-1.1.8-2-.8-2 1.8-1.1.6-2 2.1.2ZM5.6 8l1.7 1.7 3.2-3.4',
  clock: 'M8 14A6 6 0 1 1 8 2a6 6 0 0 1 0 12ZM8 4.8V8l2.2 1.6',
} as const;
export type IconName = keyof typeof icons;
