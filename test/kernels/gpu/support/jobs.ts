import * as E from '#fp-ts/Either'
import { printLoops } from '../../../../kernels/gpu/printLoops.ts'
import type { Obstacle } from '../../../../kernels/gpu/limits/obstacle.ts'
import type { Operand } from '../../../../src/nest/interpret.ts'
import { interpret } from '../../../../src/nest/interpret.ts'
import type { Nest } from '../../../../src/nest/nest.ts'
import type { Data } from '../../../../src/tensor/dtype.ts'
import { sizeOf } from '../../../../src/tensor/shape.ts'
import type { Job, SiteOptions } from './running.ts'
import { buffersFor, openSite } from './running.ts'

/** The nest as work on arrays of its own. */
export const jobOf = (nest: Nest, operands: readonly Operand[], options: SiteOptions = {}): E.Either<Obstacle, Job> => {
  const arrays = operands.map(({ data }) => data)
  const { site, sizes } = openSite(buffersFor(arrays, sizeOf(nest.domain), nest.dtype), options)
  const { domain, dtype, body, reduction } = nest
  const launches = printLoops(
    {
      kind: 'loops',
      reads: operands.map(({ shape }, buffer) => ({ buffer, shape })),
      writes: [arrays.length],
      primitives: [],
      nest: { domain, outputs: [{ dtype, body }], ...(reduction && { reduction }) }
    },
    site
  )
  return E.isLeft(launches) ? launches : E.right({ launches: launches.right, arrays, sizes })
}

/** A job that must print, and what the nest means. */
export const trialOf = (
  nest: Nest,
  operands: readonly Operand[] = [],
  options: SiteOptions = {}
): Job & { readonly expected: Data } => {
  const job = jobOf(nest, operands, options)
  if (E.isLeft(job)) throw new Error(job.left.actual)
  return { ...job.right, expected: interpret(nest, operands) }
}

/** The text of the only kernel. */
export const sourceOf = ({ launches: [launch, ...more] }: Job): string => {
  if (launch === undefined || more.length > 0) throw new Error(`${String(more.length + 1)} kernels`)
  return launch.kernel.source
}
