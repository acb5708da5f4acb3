declare module 'virtual:examples' {
  export const examples: readonly {
    readonly name: string
    readonly runs: boolean
    readonly run: () => Promise<unknown>
  }[]
}
