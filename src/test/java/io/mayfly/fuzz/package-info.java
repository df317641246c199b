/** What fuzz targets have in common, and the replay of their corpora. */
@NullMarked
package io.mayfly.fuzz;

import org.jspecify.annotations.NullMarked;
