import { expect, it } from 'vitest'
import { isStale } from '../../../src/gan/train/recovery.ts'
import type { RecoveryPoint } from '../../../src/gan/train/recovery.ts'

it('copies take at most a twentieth of the time of training', () => {
  const point = { cost: 3 } as RecoveryPoint
  expect([0, 59, 60, 61].map((trained) => isStale(point, trained))).toEqual([false, false, true, true])
})
