import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import { describe, expect, it } from 'vitest'
import type { EngineFault, Resident } from '../../src/engines/engine.ts'
import { iterateFrom } from '../../src/engines/iterate.ts'

const fault: EngineFault = { _tag: 'OutOfMemory', engine: 'a fake', expected: '', actual: '', hint: '' }
const job = { carry: [Float32Array.of(1)], steps: 1, feed: () => [] }

describe('iterate', () => {
  it.each([
    ['ends well', TE.right(undefined), E.right([Float32Array.of(2)])],
    ['fails', TE.left(fault), E.left(fault)]
  ] as const)('lets go of the carry when it %s', async (_, advanced, expected) => {
    let isHeld = true
    const state: Resident = {
      advance: () => advanced,
      snapshot: () => TE.right([Float32Array.of(2)]),
      dispose: () => {
        isHeld = false
      }
    }
    expect(await iterateFrom(() => TE.right(state))(job)()).toEqual(expected)
    expect(isHeld).toBe(false)
  })
})
