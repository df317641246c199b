package io.mayfly.chaos;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The application's beans, each made once by its only constructor, as the container makes singletons. */
public final class Beans {

    private final Map<Class<?>, Object> made = new HashMap<>();
    private final List<Alternative> alternatives;

    /**
     * A bean in the place of another.
     *
     * @param within the only bean that gets it; null: all do
     */
    public record Alternative(@Nullable Class<?> within, Class<?> type, Class<?> made) {}

    public Beans(List<Alternative> alternatives) {
        this.alternatives = alternatives;
    }

    /** Takes a bean that is made already. */
    public <T> Beans with(Class<T> type, T bean) {
        made.put(type, bean);
        return this;
    }

    /** The bean of a type, made where there is none yet. */
    public <T> T get(Class<T> type) {
        return type.cast(bean(type));
    }

    Object bean(Class<?> type) {
        var known = made.get(type);
        if (known != null) {
            return known;
        }
        var bean = make(type, alternative(null, type));
        made.put(type, bean);
        return bean;
    }

    private Object bean(Class<?> type, Class<?> within) {
        var alternative = alternative(within, type);
        return alternative.equals(type) ? bean(type) : make(type, alternative);
    }

    private Class<?> alternative(@Nullable Class<?> within, Class<?> type) {
        for (var alternative : alternatives) {
            if (alternative.type().equals(type) && Objects.equals(alternative.within(), within)) {
                return alternative.made();
            }
        }
        return type;
    }

    private Object make(Class<?> as, Class<?> type) {
        var constructor = constructor(type);
        var types = constructor.getParameterTypes();
        @Nullable Object[] arguments = new Object[types.length];
        for (var i = 0; i < types.length; i++) {
            arguments[i] = bean(types[i], as);
        }
        try {
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("constructor of " + type, e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("constructor of " + type, e);
        }
    }

    private static Constructor<?> constructor(Class<?> type) {
        var constructors = type.getDeclaredConstructors();
        if (type.isInterface() || constructors.length != 1) {
            throw new IllegalStateException(type + " has " + constructors.length + " constructors");
        }
        return constructors[0];
    }
}
