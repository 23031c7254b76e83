"""What the DAGs share. The project's folder must be on PYTHONPATH of every part of Airflow, the triggerer too."""
