import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { anchor } from '../support/anchor.ts'
import { families, gaps, misstated, zooPage } from '../support/zooPage.ts'

it('docs/zoo.md shows the registries as they are (npm run docs:zoo writes it anew)', async () => {
  await expect(await zooPage()).toMatchFileSnapshot('../../docs/zoo.md')
})

it('every technique says its formula, source, cost and use where its kind demands it', () => expect(gaps()).toEqual([]))

it('what a doc comment lacks is told, and so is a technique that has none', () => {
  const losses = families.find(({ title }) => title === 'Losses')!
  expect(gaps([{ ...losses, names: ['isLoss'] }])).toEqual(
    ['formula', 'cost', 'when', 'see'].map((tag) => `Loss.isLoss: @${tag}`)
  )
  expect(gaps([{ ...losses, names: ['nowhere'], needs: ['see'], everybodys: ['nowhere'] }])).toEqual([
    'Loss.nowhere: what it does'
  ])
})

it('defaults that are numbers are those that the words about an option say', () => expect(misstated()).toEqual([]))

const page = readFileSync(new URL('../../docs/zoo.md', import.meta.url), 'utf8')

it('what is of one’s own there has at most ten lines', () => {
  const blocks = [...page.matchAll(/```ts continued\n([^]*?)```/g)].map(([, code]) => code!.split('\n\n'))
  expect(blocks.map(([, definition]) => /^const (\w+)/.exec(definition!)?.[1])).toEqual([
    ...['exponential', 'curvature', 'fourier', 'turned', 'heun']
  ])
  for (const [, definition] of blocks) expect(definition!.split('\n').length).toBeLessThanOrEqual(10)
})

it('nothing is announced and left out', () => {
  expect([...page.matchAll(/^ *- .*(?:\*\* \.?|`:)$/gm)].map(([line]) => line)).toEqual([])
})

it('links within docs/zoo.md lead to one heading each', () => {
  const headings = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading!))
  const targets = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, target]) => target!)
  expect(targets.filter((target) => headings.filter((heading) => heading === target).length !== 1)).toEqual([])
})
