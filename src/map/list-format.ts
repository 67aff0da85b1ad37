/**
 * How a list in S3 is written, and so what its items are. Each item is the parameters of one run.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
 */
export class HeavyBatchListFormat {
  /** A JSON object on each line: `{"processId": "p1"}`. */
  static jsonLines(): HeavyBatchListFormat {
    return new HeavyBatchListFormat({ InputType: 'JSONL' });
  }

  /** One JSON array of objects: `[{"processId": "p1"}]`. */
  static json(): HeavyBatchListFormat {
    return new HeavyBatchListFormat({ InputType: 'JSON' });
  }

  /**
   * Values with commas between them.
   *
   * @param headers the names of the parameters, in the order of the columns; left out, they are the file's first row
   */
  static csv(headers?: string[]): HeavyBatchListFormat {
    return new HeavyBatchListFormat(headers
      ? { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: headers }
      : { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' });
  }

  /** @internal */
  readonly _readerConfig: Record<string, unknown>;

  private constructor(readerConfig: Record<string, unknown>) {
    this._readerConfig = readerConfig;
  }
}
