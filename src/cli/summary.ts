import type { Modes } from '../data/toy.ts'
import type { ModeCoverage } from '../lab/modes.ts'
import { modeCoverage } from '../lab/modes.ts'
import type { Tensor } from '../tensor/tensor.ts'

/** Says how good samples are, as metrics.json has it; null where a figure does not exist. */
export interface Quality {
  readonly modes: number | null
  readonly highQuality: number | null
  readonly reverseKL: number | null
}

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null)

const rounded = (x: number | null): number | null => (x === null ? null : Number(x.toPrecision(6)))

export const qualityOf = (samples: Tensor, modes: Modes | undefined): Quality => {
  if (modes === undefined) return { modes: null, highQuality: null, reverseKL: null }
  const { captured, highQuality, reverseKl }: ModeCoverage = modeCoverage(samples, modes)
  return { modes: captured, highQuality: rounded(finite(highQuality)), reverseKL: rounded(finite(reverseKl)) }
}
