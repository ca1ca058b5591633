import type { Settings } from '../../app/contract/settings.ts';

/** The tokens of the look choose light or dark by it. */
export function applyTheme(theme: Settings['theme']): void {
  document.documentElement.style.colorScheme = theme === 'system' ? '' : theme;
}
