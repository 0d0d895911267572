import { truncateIp } from "../../lambda/transformer/redact-value";

describe("truncateIp", () => {
  it.each([
    ["203.0.113.7", "203.0.113.0"],
    ["203.0.113.0", "203.0.113.0"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1::"],
    ["2001:0DB8:0001::", "2001:db8:1::"],
    ["2001:db8::1", "2001:db8::"],
    ["2001::5:6:7", "2001::"],
    ["::1", "::"],
    ["::", "::"],
    ["0:0:1::", "0:0:1::"],
    ["fe80::1%eth0", "fe80::"],
    ["::ffff:203.0.113.7", "::ffff:203.0.113.0"],
    ["::FFFF:cb00:7107", "::ffff:203.0.113.0"],
    ["::203.0.113.7", "::"],
    ["64:ff9b::203.0.113.7", "64:ff9b::"],
  ])("makes of %s %s, and that stays", (address, network) => {
    expect(truncateIp(address)).toBe(network);
    expect(truncateIp(network)).toBe(network);
  });

  it.each(["", "-", "jane", "203.0.113", "203.0.113.256", "2001:db8", "203.0.113.7, 198.51.100.1", "[redacted]"])(
    "knows that %j is no address",
    (text) => {
      expect(truncateIp(text)).toBeUndefined();
    },
  );
});
