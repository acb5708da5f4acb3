import type { Import } from './imports.ts'

/**
 * The layers, lowest first: one folder each. A file imports from its own folder and from lower layers, never from higher
 * ones. Folders on one line stand side by side: they may import each other as long as no circle of folders arises.
 *
 * Type-only imports count everywhere: whoever reads a file has to know the types it names, so a type from elsewhere is
 * a dependency of the reader even where the compiler forgets it.
 */
export const layers: readonly (readonly string[])[] = [
  ['src/tensor'],
  ['src/nest'],
  ['src/program'],
  ['src/primitives'],
  ['src/ops'],
  ['src/compiler'],
  ['kernels'],
  ['src/engines'],
  ['src/transform'],
  ['src/linalg'],
  ['src/random', 'src/nn', 'src/optim'],
  ['src/gan/game'],
  ['src/gan/check'],
  ['src/gan/step'],
  ['src/gan/train'],
  ['src/gan', 'src/data', 'src/io'],
  ['src/lab'],
  ['src/run'],
  ['src/core.ts', 'src/files.ts', 'src/figures.ts'],
  ['src/index.ts'],
  ['src/cli']
]

/** What a GAN is must not depend on where it runs. */
export const engineFree: readonly string[] = [
  'src/random',
  'src/nn',
  'src/optim',
  'src/gan/game',
  'src/gan/check',
  'src/gan/step',
  'src/gan/train',
  'src/gan'
]
export const engineFolders: readonly string[] = ['src/engines', 'kernels', 'src/nest']

/** A name that says nothing about what is inside. */
export const emptyNames = /^(utils?|utilities|helpers?|misc|common|shared|stuff)$/i

export type Graph = ReadonlyMap<string, readonly Import[]>

const entries = layers.flatMap((folders, rank) => folders.map((folder) => ({ folder, rank })))
const longestFirst = [...entries].sort((a, b) => b.folder.length - a.folder.length)

/** The layer entry of a file: the longest listed folder it lies in. */
export const layerOf = (file: string): { readonly folder: string; readonly rank: number } | undefined =>
  longestFirst.find(({ folder }) => file === folder || file === `${folder}.ts` || file.startsWith(`${folder}/`))

export const unlisted = (graph: Graph): readonly string[] =>
  [...graph.keys()].filter((file) => layerOf(file) === undefined)

/** Imports that point to no file of the project, such as a target without `.ts`. */
export const dangling = (graph: Graph): readonly string[] =>
  [...graph].flatMap(([file, imports]) =>
    imports
      .filter(({ target }) => !graph.has(target))
      .map(({ target }) => `${file} imports ${target}, which is no file`)
  )

export const upward = (graph: Graph): readonly string[] =>
  [...graph].flatMap(([file, imports]) =>
    imports
      .filter(({ target }) => (layerOf(target)?.rank ?? -1) > (layerOf(file)?.rank ?? -1))
      .map(({ target }) => `${file} imports ${target}, a higher layer`)
  )

export const engineNamed = (graph: Graph): readonly string[] =>
  [...graph]
    .filter(([file]) => engineFree.includes(layerOf(file)?.folder ?? ''))
    .flatMap(([file, imports]) =>
      imports
        .filter(({ target }) => engineFolders.includes(layerOf(target)?.folder ?? ''))
        .map(({ target }) => `${file} imports ${target}: it must not know where it runs`)
    )

export const fileGraph = (graph: Graph): ReadonlyMap<string, readonly string[]> =>
  new Map([...graph].map(([file, imports]) => [file, imports.map(({ target }) => target)]))

/** The folder of a file; a file that lies right in a folder of the list stands for itself. */
const roomOf = (file: string): string => {
  const folder = file.slice(0, file.lastIndexOf('/'))
  return folder === layerOf(file)?.folder ? file : folder
}

/** Which folders inside the layers import which. */
export const roomGraph = (graph: Graph): ReadonlyMap<string, readonly string[]> => {
  const rooms = new Map<string, Set<string>>()
  for (const [file, imports] of graph)
    for (const { target } of imports) {
      const [from, to] = [roomOf(file), roomOf(target)]
      // A folder may be split into rooms of its own, which import what lies above them.
      if (!`${from}/`.startsWith(`${to}/`) && !`${to}/`.startsWith(`${from}/`))
        rooms.set(from, (rooms.get(from) ?? new Set()).add(to))
    }
  return new Map([...rooms].map(([from, to]) => [from, [...to]]))
}

export const folderGraph = (graph: Graph): ReadonlyMap<string, readonly string[]> => {
  const folders = new Map<string, Set<string>>()
  for (const [file, imports] of graph)
    for (const { target } of imports) {
      const from = layerOf(file)?.folder
      const to = layerOf(target)?.folder
      if (from !== undefined && to !== undefined && from !== to)
        folders.set(from, (folders.get(from) ?? new Set()).add(to))
    }
  return new Map([...folders].map(([from, to]) => [from, [...to]]))
}

export const emptilyNamed = (files: readonly string[]): readonly string[] =>
  files.filter((file) => file.split('/').some((part) => emptyNames.test(part.replace(/\..*$/, ''))))
