/** Part of a gauge's arc, open at the bottom: shares of 0 to 1 from its left end, around (50, 50) of a 100 wide drawing. */
export function arcPath(from: number, to: number, radius: number): string {
  const sweep = (250 / 180) * Math.PI;
  const start = Math.PI / 2 + (2 * Math.PI - sweep) / 2;
  const at = (share: number): string => {
    const angle = start + share * sweep;
    return `${(50 + radius * Math.cos(angle)).toFixed(2)} ${(50 + radius * Math.sin(angle)).toFixed(2)}`;
  };
  const large = (to - from) * sweep > Math.PI ? 1 : 0;
  return `M${at(from)} A${radius} ${radius} 0 ${large} 1 ${at(to)}`;
}
