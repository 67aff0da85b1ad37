/**
 * The format of a list in S3. Each item of the list has the parameters of one run.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
 */
export class HeavyBatchListFormat {
  /** JSON Lines: one JSON object on each line, such as `{"report": "42"}`. */
  static jsonLines(): HeavyBatchListFormat {
    return new HeavyBatchListFormat({ InputType: 'JSONL' });
  }

  /** JSON: one array of objects, such as `[{"report": "42"}]`. */
  static json(): HeavyBatchListFormat {
    return new HeavyBatchListFormat({ InputType: 'JSON' });
  }

  /**
   * CSV: comma-separated values.
   *
   * @param headers the names of the parameters in the order of the columns; without this argument the first row of the file has them
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
