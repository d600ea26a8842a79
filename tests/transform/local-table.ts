import type { InputFile } from '../../transform/build-input.ts';
import type { BuildOutput } from '../../transform/build-output.ts';

/** A table as a list of local files: what lake/ does with a build, without a log. */
export class LocalTable {
  files: InputFile[] = [];
  digests = new Map<string, string>();
  tombstones: string | undefined;

  apply(output: BuildOutput): void {
    for (const { partition, files, mode, digest } of output.partitions) {
      if (mode === 'replace') this.files = this.files.filter((f) => f.partition !== partition);
      this.files.push(...files.map((f) => ({ uri: f.localPath, partition })));
      this.digests.set(partition, digest);
    }
    if (output.tombstones) this.tombstones = output.tombstones.localPath;
  }
}
