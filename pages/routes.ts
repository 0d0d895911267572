/** The route of a call: its path with `:id` where ids stand. */

/** A segment that is a number, a UUID, or another id of which each call may have its own. */
function isId(segment: string): boolean {
  return (
    /^\d+(?:[-.,:]\d+)*$/.test(segment) ||
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(segment) ||
    /^(?:\[redacted\]|hmac:.+)$/.test(segment) ||
    segment.split(/[-_.:~]/).some(isOpaque)
  );
}

/** What no word is: a long number, hexadecimal digits, or letters and digits in any order. */
function isOpaque(word: string): boolean {
  if (!/^[a-z]*\d[a-z\d]*$/i.test(word)) return false;
  if (/^\d{5,}$|^[0-9a-f]{8,}$/i.test(word)) return true;
  const switches = word.match(/\d(?=\D)|\D(?=\d)/g)?.length ?? 0;
  return word.length >= 10 && (switches >= 2 || /[a-z][A-Z]/.test(word));
}

/** The path without its query, and `:id` in the place of each id. */
export function routeOfPath(path: string): string {
  const [plain = ""] = path.split(/[?#]/, 1);
  return plain
    .split("/")
    .map((segment) => {
      const [, stem, extension = ""] = /^(.+?)(\.[a-z]{1,5})$/i.exec(segment) ?? [undefined, segment];
      return isId(stem!) ? `:id${extension}` : segment;
    })
    .join("/");
}

/**
 * The route of a call.
 *
 * @param routeKey what API Gateway calls the route, such as `GET /items/{id}` or `$connect`. Names that stand for any
 *   path, as `$default` and `/{proxy+}`, say nothing.
 */
export function routeOf(verb: string, path: string, routeKey = ""): string {
  const [, route = routeKey] = /^[A-Z]+ (\/.*)$/.exec(routeKey) ?? [];
  const known = route === "" || route === "$default" || route.includes("+}") ? routeOfPath(path) : route;
  return `${verb} ${known || "/"}`.trim();
}
