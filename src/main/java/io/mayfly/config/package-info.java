/** Settings, from the environment and from Parameter Store. */
@NullMarked
package io.mayfly.config;

import org.jspecify.annotations.NullMarked;
