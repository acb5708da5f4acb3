import { fail } from '../../../tensor/error.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { isTensor } from '../../../tensor/tensor.ts'
import { isRecord } from '../../../tensor/tree.ts'
import type { Input } from '../players.ts'

/** Tests whether critics are shown samples with something beside them, as by `Loss.bidirectional`: a tree of tensors. */
export const isPaired = (x: unknown): x is Exclude<Input, Tensor> => {
  if (isTensor(x) || !(Array.isArray(x) || isRecord(x))) return false
  const parts = Object.values(x)
  return parts.length > 0 && parts.every(isTensor)
}

/**
 * Returns samples that a critic is shown by themselves.
 *
 * @throws InvalidArgument, as `op`, with what stands in the way where it is shown pairs
 */
export const requireSamples = (op: string, x: Input, because: string): Tensor =>
  isTensor(x)
    ? x
    : fail('InvalidArgument', {
        op,
        expected: 'a critic that is shown samples',
        actual: `one of pairs { ${Object.keys(x).join(', ')} }: ${because}`,
        hint: 'Of pairs are Reg.r1, r2, gradientPenalty, maxGradientPenalty, lecam and orthogonalWeights'
      })
