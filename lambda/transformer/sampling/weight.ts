export function multiplied(own: unknown, weight: number): number {
  return (typeof own === "number" ? own : 1) * weight;
}
