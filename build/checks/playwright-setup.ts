import { bundle } from '../bundle.ts';

/** What the end-to-end tests open is what the sources say now. */
export default function setUp(): Promise<void> {
  return bundle('warn');
}
