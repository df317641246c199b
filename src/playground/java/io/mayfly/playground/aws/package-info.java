/** The emulator of AWS: EC2 and the Parameter Store, and the state behind them. */
@NullMarked
package io.mayfly.playground.aws;

import org.jspecify.annotations.NullMarked;
