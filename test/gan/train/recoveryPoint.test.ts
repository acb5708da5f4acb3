import { expect, it } from 'vitest'
import { isStale, recoveryPointAt, replayable } from '../../../src/gan/train/recoveryPoint.ts'
import type { State } from '../../../src/gan/step/state.ts'

it('copies take at most a twentieth of the time of training', () => {
  const point = { ...recoveryPointAt({} as State), cost: 3 }
  const after = (...times: readonly number[]) => times.reduce((at, ms) => replayable(at, [], ms), point)
  expect([after(), after(59), after(60), after(20, 41)].map(isStale)).toEqual([false, false, true, true])
})
