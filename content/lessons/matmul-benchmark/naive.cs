public static class Naive
{
    /// <summary>out = a · b, with a of m × k and b of k × n numbers, row after row.</summary>
    public static float[] Multiply(float[] a, float[] b, int m, int k, int n)
    {
        var result = new float[m * n];
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                float sum = 0;
                for (int p = 0; p < k; p++)
                {
                    sum += a[i * k + p] * b[p * n + j];
                }
                result[i * n + j] = sum;
            }
        }
        return result;
    }
}
