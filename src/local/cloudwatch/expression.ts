import jsep, { type Expression } from 'jsep';
import { invalidParameter } from './parameters.ts';

/** A value for each stretch of time; undefined where there is no data. */
export type Values = readonly (number | undefined)[];

/** What an expression comes to: a number, a series, or several series, as `[m1, m2]` and METRICS() are. */
type Term = number | Values | { all: readonly Values[] };

/** Parses an expression of CloudWatch's metric math. @throws AwsError InvalidParameterValue */
export function parseExpression(text: string): Expression {
  try {
    return jsep(text);
  } catch {
    throw invalidParameter(`Error in expression '${text}': the expression cannot be parsed.`);
  }
}

/** The ids that an expression reads; METRICS() reads those that `all` gives. */
export function idsOf(node: unknown, all: () => string[]): string[] {
  if (Array.isArray(node)) return node.flatMap((each) => idsOf(each, all));
  if (typeof node !== 'object' || node === null) return [];
  const { type, name, callee, ...rest } = node as { type?: string; name?: string; callee?: { name?: string } };
  if (type === 'Identifier') return [String(name)];
  const own = type === 'CallExpression' && callee?.name === 'METRICS' ? all() : [];
  return [...own, ...idsOf(Object.values(rest), all)];
}

/**
 * Arithmetic and comparisons, element by element, and the functions SUM, AVG, MIN, MAX, ABS, CEIL, FLOOR, FILL, IF and METRICS.
 * @throws AwsError InvalidParameterValue for the rest of metric math
 */
export function evaluate(node: Expression, series: ReadonlyMap<string, Values>, length: number): Values {
  const term = termOf(node);
  if (typeof term === 'number') return Array.from({ length }, () => term);
  if ('all' in term) throw invalidParameter('The expression must return a single time series.');
  return term;

  function termOf(part: unknown): Term {
    const { type, ...fields } = part as { type: string } & Record<string, unknown>;
    switch (type) {
      case 'Literal':
        return Number(fields.value);
      case 'Identifier':
        return series.get(String(fields.name)) ?? unknown(`the id '${fields.name}'`);
      case 'ArrayExpression':
        return { all: (fields.elements as unknown[]).map((element) => one(termOf(element))) };
      case 'UnaryExpression':
        return fields.operator === '-'
          ? zip([termOf(fields.argument)], ([a = 0]) => -a)
          : unknown(`'${fields.operator}'`);
      case 'BinaryExpression':
      case 'LogicalExpression': {
        const apply = operators[String(fields.operator)] ?? unknown(`'${fields.operator}'`);
        return zip([termOf(fields.left), termOf(fields.right)], ([a = 0, b = 0]) => apply(a, b));
      }
      case 'CallExpression':
        return call(String((fields.callee as { name?: string }).name), fields.arguments as unknown[]);
      default:
        return unknown('a part of it');
    }
  }

  function call(name: string, args: unknown[]): Term {
    if (name === 'METRICS') return { all: [...series.values()] };
    const terms = args.map(termOf);
    const [first = 0] = terms;
    if (name === 'FILL') return fill(one(first), terms[1] ?? 0);
    if (name === 'IF') return choose(one(first), terms[1] ?? 0, terms[2]);
    const single = singles[name];
    if (single) return zip([first], ([a = 0]) => single(a));
    const aggregate = aggregates[name] ?? unknown(`the function ${name}`);
    if (typeof first === 'object' && 'all' in first) {
      return Array.from({ length }, (_, at) => aggregate(present(first.all.map((values) => values[at]))));
    }
    const all = aggregate(present(one(first)));
    return all ?? [];
  }

  function one(term: Term): Values {
    if (typeof term === 'number') return Array.from({ length }, () => term);
    return 'all' in term ? unknown('a list of series here') : term;
  }

  function zip(terms: Term[], apply: (values: number[]) => number): Term {
    if (terms.every((term) => typeof term === 'number')) return apply(terms as number[]);
    const columns = terms.map(one);
    return Array.from({ length }, (_, at) => {
      const values = present(columns.map((column) => column[at]));
      const result = values.length === columns.length ? apply(values) : Number.NaN;
      return Number.isFinite(result) ? result : undefined;
    });
  }

  function fill(values: Values, filler: Term): Values {
    const instead = one(filler);
    return values.map((value, at) => value ?? instead[at]);
  }

  function choose(condition: Values, yes: Term, no: Term | undefined): Values {
    const [a, b] = [one(yes), no === undefined ? [] : one(no)];
    return condition.map((value, at) => (value ? a[at] : b[at]));
  }
}

const present = (values: Values): number[] => values.filter((value) => value !== undefined);

const operators: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '||': (a, b) => Number(a !== 0 || b !== 0),
};

const singles: Record<string, (a: number) => number> = { ABS: Math.abs, CEIL: Math.ceil, FLOOR: Math.floor };

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const aggregates: Record<string, (values: number[]) => number | undefined> = {
  SUM: (values) => (values.length > 0 ? sum(values) : undefined),
  AVG: (values) => (values.length > 0 ? sum(values) / values.length : undefined),
  MIN: (values) => (values.length > 0 ? Math.min(...values) : undefined),
  MAX: (values) => (values.length > 0 ? Math.max(...values) : undefined),
};

function unknown(what: string): never {
  throw invalidParameter(`The expression uses ${what}, which is not known.`);
}
