export interface Figure {
  readonly what: string;
  readonly value: string;
  readonly target?: string;
  readonly met?: boolean;
}

export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, value, target = '', met }) => [
    what,
    value,
    target,
    met === undefined ? '' : met ? 'met' : 'NOT MET',
  ]);
  const all = [['figure', 'measured', 'target', ''], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
