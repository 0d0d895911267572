/** The values of HCL as the modules' tests write them: literals, a few functions, and `for` over a range. */

type Scope = Readonly<Record<string, unknown>>;

const FUNCTIONS: Readonly<Record<string, (...values: any[]) => unknown>> = {
  range: (length: number) => Array.from({ length }, (_, index) => index),
  merge: (...objects: object[]) => Object.assign({}, ...objects),
  jsonencode: JSON.stringify,
  sensitive: (value: unknown) => value,
  // Of its verbs only %0<width>d.
  format: (text: string, value: number) => text.replace(/%0(\d+)d/, (_, width) => `${value}`.padStart(width, "0")),
};

const TOKEN = /\s*(?:#.*\n\s*)*("(?:[^"\\]|\\.)*"|=>|[\w.-]+|[^\s\w])/y;

/** @throws Error if the text is other HCL */
export function hclValue(text: string, scope: Scope = {}): unknown {
  const tokens = [...tokensOf(text)];
  let next = 0;

  const accept = (token: string) => tokens[next] === token && next++ >= 0;
  const expect = (token: string) => {
    if (!accept(token)) throw new Error(`${token} expected, and found ${tokens[next]} in ${text}`);
  };

  function list(end: string, element: (names: Scope) => void, names: Scope): void {
    if (accept("for")) {
      const name = tokens[next++]!;
      expect("in");
      const values = expression(names) as unknown[];
      expect(":");
      const start = next;
      for (const value of values) {
        next = start;
        element({ ...names, [name]: value });
      }
      return expect(end);
    }
    while (!accept(end)) {
      element(names);
      accept(",");
    }
  }

  function expression(names: Scope): unknown {
    const token = tokens[next++]!;
    if (token === "[") {
      const values: unknown[] = [];
      list("]", (inner) => values.push(expression(inner)), names);
      return values;
    }
    if (token === "{") {
      const entries: [string, unknown][] = [];
      list("}", (inner) => entries.push(entry(inner)), names);
      return Object.fromEntries(entries);
    }
    if (token.startsWith('"')) {
      const string: string = JSON.parse(token);
      return string.replace(/\$\{(\w+)\}/g, (_, name) => `${names[name]}`);
    }
    if (accept("(")) {
      const values: unknown[] = [];
      list(")", (inner) => values.push(expression(inner)), names);
      return FUNCTIONS[token]!(...values);
    }
    return token in names ? names[token] : JSON.parse(token);
  }

  function entry(names: Scope): [string, unknown] {
    const isName = /^[a-z]/i.test(tokens[next]!);
    const key = isName ? tokens[next++]! : `${expression(names)}`;
    if (!accept("=>") && !accept(":")) expect("=");
    return [key, expression(names)];
  }

  return expression(scope);
}

function* tokensOf(text: string): Generator<string> {
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found; found = TOKEN.exec(text)) yield found[1]!;
}
