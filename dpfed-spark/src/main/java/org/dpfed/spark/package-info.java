/**
 * The same run with its cohort on Apache Spark executors: {@link org.dpfed.spark.SparkEngine} is
 * the engine, {@link org.dpfed.federated.SiteFactory} says what an executor trains, and {@link
 * org.dpfed.spark.ParquetClients} reads clients from Parquet files.
 *
 * <p>Sampling, noise, ledger and release are in {@code dpfed-core} and stay with the driver.
 */
@NullMarked
package org.dpfed.spark;

import org.jspecify.annotations.NullMarked;
