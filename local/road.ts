/** The roads by which access logs get to the delivery stream. */

/** REST stages write to the stream itself; those of HTTP and WebSocket APIs write to a log group, which is subscribed to it. */
export const ROADS = ["stream", "log-group"] as const;
export type Road = (typeof ROADS)[number];
