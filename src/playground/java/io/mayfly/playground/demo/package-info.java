/** One job's whole life, told step by step. */
@NullMarked
package io.mayfly.playground.demo;

import org.jspecify.annotations.NullMarked;
