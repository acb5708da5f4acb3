import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { examples } from 'virtual:examples'
import { collectExamples, typeErrors } from './support/examples.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

describe('the examples of the documentation', () => {
  it('compile', () => expect(typeErrors(root, collectExamples(root))).toEqual([]))

  for (const { name, runs, run } of examples)
    it.runIf(runs)(name, async () => {
      await run()
    })
})
