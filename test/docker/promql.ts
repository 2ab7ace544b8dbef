const grouping = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const operators = new Set(['and', 'or', 'unless', 'bool', 'offset']);

/** Names of the series that an expression of PromQL reads. */
export function seriesIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replaceAll(grouping, ' ');
  // A name before a parenthesis is a function's.
  return [...bare.matchAll(/(?<![\w:.])[a-z_:][\w:]*(?![\w:]|\s*\()/gi)]
    .map(([name]) => name)
    .filter((name) => !operators.has(name));
}
