/**
 * The reports' colours by what they mean. Charts are drawn in stand-ins that no one would choose;
 * `themed` puts the page's own variables in their place, so that one drawing serves light and dark.
 */

/** Stand-ins; the variables are set in `page.css`. */
export const PALETTE = {
  ink: '#010201',
  muted: '#010202',
  rule: '#010203',
  model: '#010204',
  other: '#010205',
  limit: '#010206',
  paper: '#010207',
} as const;

export type Tone = keyof typeof PALETTE;

export function themed(svg: string): string {
  return Object.entries(PALETTE).reduce(
    (text, [name, colour]) => text.replaceAll(colour, `var(--${name})`),
    svg,
  );
}
