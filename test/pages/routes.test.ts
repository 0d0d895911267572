/** What counts as one route. */
import { routeOf, routeOfPath } from "../../pages/routes";

it.each([
  ["/items/1", "/items/:id"],
  ["/items/2?page=3", "/items/:id"],
  ["/items/42.json", "/items/:id.json"],
  ["/items/2026-11-30/calls", "/items/:id/calls"],
  ["/users/550e8400-e29b-41d4-a716-446655440000", "/users/:id"],
  ["/objects/507f1f77bcf86cd799439011", "/objects/:id"],
  ["/customers/cus_NffrFeUfNV2Hib", "/customers/:id"],
  ["/orders/order-12345", "/orders/:id"],
  ["/users/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/users/:id"],
  ["/users/[redacted]/orders", "/users/:id/orders"],
  ["/users/hmac:fVD6R8T85_vgoTgjuk35wi", "/users/:id"],
  ["/v1/orders/", "/v1/orders/"],
  ["/blog/logstash-monitorama-2013", "/blog/logstash-monitorama-2013"],
  ["/style2.css", "/style2.css"],
  ["/oauth2/token", "/oauth2/token"],
  ["", ""],
])("%s is %s", (path, route) => {
  expect(routeOfPath(path)).toBe(route);
});

it("is what API Gateway calls it, unless that stands for any path", () => {
  expect(routeOf("GET", "/items/1", "GET /items/{id}")).toBe("GET /items/{id}");
  expect(routeOf("PUT", "/items/1", "ANY /items/{id}")).toBe("PUT /items/{id}");
  expect(routeOf("MESSAGE", "/", "sendMessage")).toBe("MESSAGE sendMessage");
  expect(routeOf("GET", "/items/1", "$default")).toBe("GET /items/:id");
  expect(routeOf("GET", "/items/1", "ANY /{proxy+}")).toBe("GET /items/:id");
  expect(routeOf("", "")).toBe("/");
});
