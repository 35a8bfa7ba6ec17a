/** Numbers for people, each with the unrounded one beside it for programs: `<data value="0.6634…">0.663</data>`. */
import type { Estimate } from '../../workflows/domain/evaluation.ts';
import { html, type Html } from './html.ts';

const ABSENT = '–';
/** Smaller shares are said to be so: `0.0 %` reads as never. */
const SMALLEST_PERCENT = 0.0005;

/** Below it the noughts are no longer counted. */
const SMALLEST_PLAIN = 1e-6;

type Figure = number | null | undefined;
type Shown = (value: number) => string;

/** Whole numbers with thousands apart. */
export function count(value: Figure): Html {
  return data(value, (whole) => whole.toLocaleString('en'));
}

/** With so many decimals. */
export function decimal(value: Figure, decimals = 3): Html {
  return data(value, (figure) => signed(figure, figure.toFixed(decimals)));
}

/** As many digits as say something, for values of any size. */
export function plain(value: Figure): Html {
  return data(value, (figure) => {
    const tiny = figure !== 0 && Math.abs(figure) < SMALLEST_PLAIN;
    return signed(
      figure,
      tiny ? figure.toExponential(1) : figure.toLocaleString('en', { maximumSignificantDigits: 4 }),
    );
  });
}

export function percent(value: Figure, decimals = 1): Html {
  return data(value, (share) => {
    const text = `${signed(share, (100 * share).toFixed(decimals))} %`;
    return share > 0 && share < SMALLEST_PERCENT && decimals === 1 ? '< 0.1 %' : text;
  });
}

/** With its sign always, for differences. */
export function change(value: Figure, decimals = 3): Html {
  return data(value, (figure) => {
    const text = signed(figure, figure.toFixed(decimals));
    return figure > 0 && Number.parseFloat(text) > 0 ? `+${text}` : text;
  });
}

export function pValue(value: Figure): Html {
  return data(value, (p) => (p < 0.001 ? '< 0.001' : p.toFixed(3)));
}

/** `0.664 (0.650 to 0.678)` */
export function estimate(value: Estimate | undefined, show: (value: Figure) => Html = decimal): Html {
  if (!value) return html`${ABSENT}`;
  return html`${show(value.value)} <span class="interval">(${show(value.low)} to ${show(value.high)})</span>`;
}

function data(value: Figure, show: Shown): Html {
  if (value === null || value === undefined || !Number.isFinite(value)) return html`${ABSENT}`;
  return html`<data value="${value}">${show(value)}</data>`;
}

/** A true minus sign, and none before what is shown as nought. */
function signed(value: number, text: string): string {
  return value < 0 ? text.replace('-', Number.parseFloat(text) === 0 ? '' : '−') : text;
}
