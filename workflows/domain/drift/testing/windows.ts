/** Simulated columns: a reference and windows drawn from the same distribution, as counts. */
import { createRandom, type Random } from '../../random.ts';
import type { ColumnBaseline, ColumnCounts } from '../baseline.ts';
import { defineBins, fineGrid, type Bins, type ColumnProfile } from '../bins.ts';
import { DEFAULT_DRIFT_POLICY } from '../policy.ts';

export interface SimulatedColumn {
  readonly baseline: ColumnBaseline;
  /** So many rows more of the same. */
  draw(rows: number): ColumnCounts;
}

/** What a column looks like: shares of its atoms, and of what is missing. */
interface Law {
  readonly kind: 'numeric' | 'categorical';
  readonly weights: readonly number[];
  readonly missing: number;
}

const LAWS: readonly Law[] = [
  { kind: 'numeric', weights: Array<number>(200).fill(1), missing: 0 },
  { kind: 'numeric', weights: geometric(60, 0.9), missing: 0.3 },
  { kind: 'numeric', weights: geometric(12, 0.35), missing: 0.02 },
  { kind: 'numeric', weights: [997, 3], missing: 0 },
  { kind: 'categorical', weights: [70, 19, 3, 2, 1.5, 0.3], missing: 0.02 },
  { kind: 'categorical', weights: Array.from({ length: 700 }, (_, rank) => 1 / (rank + 3)), missing: 0.01 },
  { kind: 'categorical', weights: Array.from({ length: 30 }, (_, rank) => 1 / (rank + 1)), missing: 0.5 },
];

export function simulatedColumns(count: number, rows: number, seed: string): SimulatedColumn[] {
  return Array.from({ length: count }, (_, index) => {
    const law = LAWS[index % LAWS.length] ?? { kind: 'numeric', weights: [1], missing: 0 };
    return simulatedColumn(`x${index}`, law, rows, createRandom(`${seed}/${index}`));
  });
}

function simulatedColumn(name: string, law: Law, rows: number, random: Random): SimulatedColumn {
  const drawAtom = sampler(law.weights, random);
  const drawAll = (size: number): { atoms: number[]; missing: number } => {
    const atoms = Array<number>(law.weights.length).fill(0);
    let missing = 0;
    for (let row = 0; row < size; row += 1) {
      if (random() < law.missing) missing += 1;
      else {
        const atom = drawAtom();
        atoms[atom] = (atoms[atom] ?? 0) + 1;
      }
    }
    return { atoms, missing };
  };
  const reference = drawAll(rows);
  const bins = defineBins(profileOf(name, law, rows, reference.atoms), DEFAULT_DRIFT_POLICY);
  const cellOf = law.weights.map((_, atom) => cellOfAtom(bins, atom));
  const cells = bins.kind === 'numeric' ? bins.grid.length + 1 : bins.apart.length + bins.rare.length + 1;
  const counted = ({ atoms, missing }: { atoms: readonly number[]; missing: number }): ColumnCounts => {
    const counts = Array<number>(cells).fill(0);
    for (const [atom, count] of atoms.entries()) {
      const cell = cellOf[atom] ?? 0;
      counts[cell] = (counts[cell] ?? 0) + count;
    }
    return { missing, infinite: 0, cells: counts };
  };
  return {
    baseline: { name, bins, counts: counted(reference) },
    draw: (size) => counted(drawAll(size)),
  };
}

function profileOf(name: string, { kind }: Law, rows: number, atoms: readonly number[]): ColumnProfile {
  const seen = atoms.flatMap((count, value) => (count > 0 ? [{ value, count }] : []));
  if (kind === 'categorical') {
    const categories = seen.map(({ value, count }) => ({ value: String(value), count }));
    return { name, kind, rows, categories: categories.toSorted((a, b) => b.count - a.count) };
  }
  const all = seen.flatMap(({ value, count }) => Array<number>(count).fill(value));
  const decile = (index: number): number => all[Math.floor(((all.length - 1) * index) / 10)] ?? 0;
  const values = seen.map(({ value }) => value);
  return {
    name,
    kind,
    rows,
    values: seen,
    min: values[0] ?? null,
    max: values.at(-1) ?? null,
    quantiles: [1, 2, 3, 4, 5, 6, 7, 8, 9].map(decile),
    grid: fineGrid(values, 'values'),
  };
}

function cellOfAtom(bins: Bins, atom: number): number {
  const found =
    bins.kind === 'numeric'
      ? bins.grid.findIndex((edge) => atom <= edge)
      : [...bins.apart, ...bins.rare].indexOf(String(atom));
  if (found >= 0) return found;
  return bins.kind === 'numeric' ? bins.grid.length : bins.apart.length + bins.rare.length;
}

/** Walker's alias method (1977): two numbers for a draw, however many atoms there are. */
function sampler(weights: readonly number[], random: Random): () => number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const height = weights.map((weight) => (weight / total) * weights.length);
  const alias = weights.map((_, atom) => atom);
  const small = weights.flatMap((_, atom) => ((height[atom] ?? 0) < 1 ? [atom] : []));
  const large = weights.flatMap((_, atom) => ((height[atom] ?? 0) < 1 ? [] : [atom]));
  for (let low = small.pop(); low !== undefined && large.length > 0; low = small.pop()) {
    const high = large.at(-1) ?? 0;
    alias[low] = high;
    height[high] = (height[high] ?? 0) - (1 - (height[low] ?? 0));
    if (height[high] < 1) small.push(large.pop() ?? 0);
  }
  return () => {
    const atom = Math.floor(random() * weights.length);
    return random() < (height[atom] ?? 1) ? atom : (alias[atom] ?? atom);
  };
}

function geometric(length: number, ratio: number): number[] {
  return Array.from({ length }, (_, index) => ratio ** index);
}
