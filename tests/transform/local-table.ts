import type { InputFile, MergeInput } from '../../transform/build-input.ts';
import type { BuildOutput } from '../../transform/build-output.ts';
import { mergeByKey } from '../../transform/merge-by-key.ts';

/** What a merge is given, but for what is usual. */
type Merge = Pick<MergeInput, 'session' | 'dataset' | 'sqlText' | 'raw' | 'inputs' | 'directory'> & Partial<MergeInput>;

/** A table as a list of local files: what lake/ does with a build, without a log. */
export class LocalTable {
  files: InputFile[] = [];
  digests = new Map<string, string>();
  tombstones: string | undefined;

  /** Merges into the table as it is, and applies what comes of it. */
  async merge(given: Merge): Promise<BuildOutput> {
    const output = await mergeByKey({
      current: this.files,
      tombstones: this.tombstones,
      digests: this.digests,
      rowChecks: [],
      audit: async () => [],
      epoch: 1,
      claim: 'tag',
      run: 'test',
      work: { kind: 'merge' },
      ...given,
    });
    this.apply(output);
    return output;
  }

  apply(output: BuildOutput): void {
    for (const { partition, files, mode, digest } of output.partitions) {
      if (mode === 'replace') this.files = this.files.filter((f) => f.partition !== partition);
      this.files.push(...files.map((f) => ({ uri: f.localPath, partition })));
      this.digests.set(partition, digest);
    }
    if (output.tombstones) this.tombstones = output.tombstones.localPath;
  }
}
