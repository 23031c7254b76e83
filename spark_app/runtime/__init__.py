"""What every job needs around its work: settings, arguments, Java and Spark, log, run record, errors."""
