export type Print = (line: string) => void;

/** One figure on its line, with what is asked of it beside it. */
export function printFigure(print: Print, name: string, figure: string, beside = ''): void {
  print(`  ${name.padEnd(44)} ${figure.padStart(18)}${beside ? `   ${beside}` : ''}`);
}

export const whole = (value: number): string => Math.round(value).toLocaleString('en');
