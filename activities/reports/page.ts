/** The sheet that a report is printed on, and the pieces that both kinds of report are made of. */
import { readFileSync } from 'node:fs';
import type { Interval } from '../../workflows/domain/interval.ts';
import { html, trusted, type Content, type Html } from './html.ts';

const STYLE = trusted(readFileSync(new URL('./page.css', import.meta.url), 'utf8'));

export interface Page {
  readonly title: string;
  readonly kicker: string;
  readonly heading: string;
  readonly body: Content;
  readonly footer: Content;
}

/** Good, to be looked at, bad, or not known: how verdicts of all kinds are coloured. */
export type Mood = 'ok' | 'warn' | 'alarm' | 'none';

/** A whole document that needs nothing but itself: no script, no font, no picture from elsewhere. */
export function page({ title, kicker, heading, body, footer }: Page): string {
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <title>${title}</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <main>
          <header>
            <div class="kicker">${kicker}</div>
            <h1>${heading}</h1>
          </header>
          ${body}
          <footer>${footer}</footer>
        </main>
      </body>
    </html> `;
  return document.text;
}

export function section(heading: string, ...body: readonly Content[]): Html {
  return html`<section>
    <h2>${heading}</h2>
    ${body}
  </section> `;
}

export interface Column {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly number?: boolean;
}

export interface TableOptions {
  readonly caption?: string;
  /** A table of sentences, which a telephone shows as a list of what they say. */
  readonly words?: boolean;
  /** Names and one number each, which should not stand a page apart. */
  readonly narrow?: boolean;
}

/** The first cell of each row is its heading. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Content[])[],
  { caption, words, narrow }: TableOptions = {},
): Html {
  const kind = (place: number): Content => columns[place]?.number && html` class="number"`;
  const name = (place: number): Content => {
    const title = columns[place]?.title;
    return words && title !== '' && html` data-title="${title}"`;
  };
  return html`<div class="scroll${narrow && ' narrow'}">
    <table${words && html` class="words"`}>
      ${
        caption !== undefined &&
        html`<caption>
          ${caption}
        </caption>`
      }
      <thead>
        <tr>
          ${columns.map(({ title }, place) => html`<th scope="col" ${kind(place)}>${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([head, ...cells]) =>
            html`<tr>
              <th scope="row">${head}</th>
              ${cells.map((cell, place) => html`<td${kind(place + 1)}${name(place + 1)}>${cell}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div> `;
}

/** A chart with what it says above it, and below it the same numbers as a table. */
export function figure(
  chart: Html,
  { name, caption, numbers }: { readonly name: string; readonly caption: Content; readonly numbers: Html },
): Html {
  return html`<figure>
    <figcaption><b>${name}</b>${caption}</figcaption>
    ${chart}
    <details>
      <summary>The numbers</summary>
      ${numbers}
    </details>
  </figure> `;
}

/** The figures that a reader looks for first. */
export function figures(entries: readonly (readonly [name: string, value: Content])[]): Html {
  return html`<dl class="figures">
    ${entries.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl> `;
}

export function tag(mood: Mood, word: string): Html {
  return html`<span class="tag ${mood}">${word}</span>`;
}

/** `2025-03-01` of an RFC 3339 time; whatever else it is, as it is. */
export function day(time: string): string {
  return /^\d{4}-\d{2}-\d{2}T/.test(time) ? time.slice(0, 10) : time;
}

/** `March 2025`, or the first and the last day where an interval is not one month. */
export function period({ start, end }: Interval): string {
  const [first, last] = [new Date(start), new Date(Date.parse(end) - 1)];
  const next = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1));
  if (first.getUTCDate() === 1 && next.getTime() === Date.parse(end)) {
    return first.toLocaleString('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });
  }
  return `${day(start)} to ${day(last.toISOString())}`;
}
