/** Folds a place into 0 .. extent - 1, edges not repeated. */
export const mirrored = (place: number, extent: number): number => {
  if (extent === 1) return 0
  const period = 2 * (extent - 1)
  const phase = Math.abs(place) % period
  return Math.min(phase, period - phase)
}
