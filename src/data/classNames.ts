/** Names classes by their numbers, 0 .. the greatest label. */
export const numbered = (labels: ArrayLike<number>): readonly string[] => {
  let most = 0
  for (let i = 0; i < labels.length; i++) most = Math.max(most, labels[i]!)
  return Array.from({ length: most + 1 }, (_, label) => String(label))
}
