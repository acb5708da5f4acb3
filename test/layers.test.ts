import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { findCycle, importGraph, importsOf, sourceFiles } from './support/imports.ts'
import type { Graph } from './support/layers.ts'
import {
  dangling,
  emptilyNamed,
  engineNamed,
  fileGraph,
  folderGraph,
  layerOf,
  roomGraph,
  unlisted,
  upward
} from './support/layers.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

describe('the source', () => {
  const graph = importGraph(root, ['src', 'kernels'])

  it('lies in folders that are in the list of layers', () => expect(unlisted(graph)).toEqual([]))
  it('imports files that exist, by their full name', () => expect(dangling(graph)).toEqual([]))
  it('imports from lower layers only', () => expect(upward(graph)).toEqual([]))
  it('says what a GAN is without knowing an engine', () => expect(engineNamed(graph)).toEqual([]))
  it('has no cycle of files', () => expect(findCycle(fileGraph(graph))).toBeUndefined())
  it('has no cycle of folders', () => expect(findCycle(folderGraph(graph))).toBeUndefined())
  it('has no cycle of the folders inside its layers', () => {
    expect(findCycle(roomGraph(importGraph(root, ['src'])))).toBeUndefined()
  })
  it('has no file named after nothing', () => {
    expect(emptilyNamed([...graph.keys(), ...sourceFiles(root, 'test')])).toEqual([])
  })
})

describe('the check itself', () => {
  const graph = (edges: Readonly<Record<string, readonly string[]>>): Graph =>
    new Map(
      Object.entries(edges).map(([file, targets]) => [
        file,
        targets.map((target) => ({ target: target.replace('type ', ''), typeOnly: target.startsWith('type ') }))
      ])
    )

  it('reads every form of import', () => {
    const text = [
      "import { a } from './a.ts'",
      "import type { B } from './b.ts'",
      "import { type C } from './c.ts'",
      "import d, { type D } from './d.ts'",
      "import './e.ts'",
      "export * as F from './f.ts'",
      "export type { G } from './g.ts'",
      "type H = import('./h.ts').H",
      "const i = await import('./i.ts')",
      "const text = 'import j from ./j.ts'"
    ].join('\n')
    expect(importsOf(text).map(({ target, typeOnly }) => `${typeOnly ? 'type ' : ''}${target}`)).toEqual([
      './a.ts',
      'type ./b.ts',
      'type ./c.ts',
      './d.ts',
      './e.ts',
      './f.ts',
      'type ./g.ts',
      'type ./h.ts',
      './i.ts'
    ])
  })

  it('finds the longest listed folder', () => {
    expect(layerOf('src/nest/nest.ts')?.folder).toBe('src/nest')
    expect(layerOf('src/nest.ts')?.folder).toBe('src/nest')
    expect(layerOf('kernels/wasm/code.ts')?.folder).toBe('kernels')
    expect(layerOf('src/nnn/a.ts')).toBeUndefined()
  })

  it('refuses an unknown folder', () => expect(unlisted(graph({ 'src/new/a.ts': [] }))).toEqual(['src/new/a.ts']))
  it('refuses a missing file', () => expect(dangling(graph({ 'src/nn/a.ts': ['src/nn/b'] }))).toHaveLength(1))
  it('refuses an upward import, of a type too', () => {
    expect(upward(graph({ 'src/tensor/a.ts': ['type src/gan/b.ts'] }))).toHaveLength(1)
    expect(upward(graph({ 'src/gan/b.ts': ['src/tensor/a.ts', 'src/gan/c.ts', 'src/io/d.ts'] }))).toEqual([])
  })
  it('refuses an engine in a GAN', () => {
    expect(engineNamed(graph({ 'src/gan/a.ts': ['src/engines/wasm.ts', 'src/transform/compile.ts'] }))).toHaveLength(1)
  })
  it('refuses a cycle of files, of types too', () => {
    const values = graph({ 'src/nn/a.ts': ['src/nn/b.ts'], 'src/nn/b.ts': ['src/nn/a.ts'] })
    const types = graph({ 'src/nn/a.ts': ['src/nn/b.ts'], 'src/nn/b.ts': ['type src/nn/a.ts'] })
    for (const cyclic of [values, types])
      expect(findCycle(fileGraph(cyclic))).toEqual(['src/nn/a.ts', 'src/nn/b.ts', 'src/nn/a.ts'])
    expect(findCycle(fileGraph(graph({ 'src/nn/a.ts': ['src/nn/b.ts'], 'src/nn/b.ts': [] })))).toBeUndefined()
  })
  it('refuses a circle of folders on one level', () => {
    const circle = graph({ 'src/io/a.ts': ['src/gan/b.ts'], 'src/gan/c.ts': ['src/io/d.ts'] })
    expect(findCycle(folderGraph(circle))).toHaveLength(3)
  })
  it('refuses a circle of folders inside a layer, but lets their common files import both', () => {
    const circle = graph({
      'src/compiler/fuse/a.ts': ['src/compiler/memory/b.ts'],
      'src/compiler/memory/c.ts': ['src/compiler/fuse/d.ts']
    })
    expect(findCycle(roomGraph(circle))).toHaveLength(3)
    const common = graph({
      'src/compiler/explain.ts': ['src/compiler/fuse/a.ts'],
      'src/compiler/fuse/b.ts': ['src/compiler/cost.ts']
    })
    expect(findCycle(roomGraph(common))).toBeUndefined()
  })
  it('refuses names that say nothing', () => {
    expect(emptilyNamed(['src/gan/utils.ts', 'src/helpers/a.ts', 'src/nn/common.test.ts', 'src/nn/dense.ts'])).toEqual([
      'src/gan/utils.ts',
      'src/helpers/a.ts',
      'src/nn/common.test.ts'
    ])
  })
})
